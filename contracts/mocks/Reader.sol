// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev Asks many contracts at once: ganache takes ten times as long for a call each.
contract Reader {
    error NoAnswer(address target, bytes question);

    function ask(
        address[] calldata targets,
        bytes[] calldata questions
    ) external view returns (bytes[] memory answers) {
        answers = new bytes[](questions.length);
        for (uint256 i = 0; i < questions.length; ++i) {
            bool answered;
            (answered, answers[i]) = targets[i].staticcall(questions[i]);
            if (!answered) revert NoAnswer(targets[i], questions[i]);
        }
    }
}
