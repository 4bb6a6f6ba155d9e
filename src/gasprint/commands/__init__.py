"""The subcommands of `gasprint`, a file each; their work is done by the modules above."""
