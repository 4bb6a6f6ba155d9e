// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SerialRanges} from "../libraries/SerialRanges.sol";

/// @dev Makes SerialRanges callable, many ranges at a time.
contract SerialRangesHarness {
    using SerialRanges for SerialRanges.Set;

    struct Attempt {
        uint256 firstSerial;
        uint256 lastSerial;
        uint256 hintFirst;
    }

    SerialRanges.Set private _set;

    error Accepted();

    function addAll(Attempt[] calldata attempts) external {
        for (uint256 i = 0; i < attempts.length; ++i) {
            _set.add(attempts[i].firstSerial, attempts[i].lastSerial, attempts[i].hintFirst);
        }
    }

    /// @dev Always reverts, so that what it added is gone: with `Accepted`, or with what `add` says.
    function judge(Attempt calldata attempt) external {
        _set.add(attempt.firstSerial, attempt.lastSerial, attempt.hintFirst);
        revert Accepted();
    }

    /// @dev What `judge` reverts with for each; nothing where the gas, of which each has its share, did not last.
    function judgeAll(Attempt[] calldata attempts) external returns (bytes[] memory verdicts) {
        verdicts = new bytes[](attempts.length);
        uint256 share = gasleft() / attempts.length;
        for (uint256 i = 0; i < attempts.length; ++i) {
            try this.judge{gas: share}(attempts[i]) {} catch (bytes memory verdict) {
                verdicts[i] = verdict;
            }
        }
    }
}
