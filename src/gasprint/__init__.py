"""gasprint: the carbon footprint of gas, measured off-chain.

`footprint` goes from blocks to kWh and CO2e, `factors` from there to what the chain records;
`serials` and `token_ids` read the credits that retire it. The command is `gasprint`.
"""
