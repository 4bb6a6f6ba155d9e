// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {CreditsWorld} from "./CreditsWorld.sol";

/// @title What was done, written down apart from the contract
/// @notice Retired, counted and replaced units are only ever added to: where the contract's equal them, they never
/// fell.
abstract contract CreditsBooks is CreditsWorld {
    enum Act {
        Wait,
        Issue,
        Transfer,
        Retire,
        RetireWithCertificate,
        Redeem,
        Suspend,
        Resume,
        Invalidate,
        InvalidateRetirement,
        Replace,
        Steal
    }

    /// @dev Of one retirement, or of all for one beneficiary.
    struct Fate {
        address beneficiary;
        uint256 countedUnits;
        uint256 replacedUnits;
    }

    struct Span {
        uint256 firstSerial;
        uint256 lastSerial;
    }

    uint256 public constant ACTORS = 3;
    uint256 private constant RETIREMENTS_PER_PAGE = 32;

    uint256[] public tokenIds;
    uint256[] public certified;
    ICarbonCredits.Retirement[] internal countedRetirements;
    mapping(Act => uint256) public acts;
    mapping(uint256 tokenId => uint256 units) public issued;
    mapping(uint256 tokenId => mapping(address account => uint256 units)) public held;
    mapping(uint256 tokenId => mapping(address account => uint256 units)) public retired;
    mapping(uint256 tokenId => ICarbonCredits.Retirement[]) internal retirements;
    mapping(uint256 tokenId => Span[]) internal redemptions;
    mapping(uint256 tokenId => mapping(uint256 serial => bool)) public cancelled;
    mapping(uint256 retirementId => Fate) public fates;
    mapping(address beneficiary => Fate) public claims;
    uint256 public thefts;
    uint256 public movesOnHold;
    uint256 public cancelledTakenUp;

    function creditCount() external view returns (uint256) {
        return tokenIds.length;
    }

    function certificateCount() external view returns (uint256) {
        return certified.length;
    }

    function retirementsOf(uint256 tokenId) external view returns (ICarbonCredits.Retirement[] memory) {
        return retirements[tokenId];
    }

    function redemptionsOf(uint256 tokenId) external view returns (Span[] memory) {
        return redemptions[tokenId];
    }

    function isRecorded(uint256 tokenId, uint256 index) external view returns (bool) {
        return credits.isRecorded(retirements[tokenId][index], _proof(tokenId, index));
    }

    function actorAt(uint256 index) public pure returns (address) {
        return address(uint160(0xac000 + (index % ACTORS)));
    }

    function _noteIssued(uint256 tokenId, address to, uint256 serials) internal {
        tokenIds.push(tokenId);
        issued[tokenId] = serials * TONNE;
        held[tokenId][to] = serials * TONNE;
    }

    /// @dev Before a call which is to fail where the credit is on hold, and then takes this back with it.
    function _noteMove(uint256 tokenId) internal {
        if (credits.suspendedUntil(tokenId) != 0) ++movesOnHold;
    }

    function _noteRetired(ICarbonCredits.Retirement memory retirement, uint256 units) internal {
        uint256 tokenId = retirement.tokenId;
        retirements[tokenId].push(retirement);
        held[tokenId][retirement.holder] -= units;
        retired[tokenId][retirement.beneficiary] += units;
        fates[retirement.retirementId].beneficiary = retirement.beneficiary;
        ICarbonCredits.SerialSpan memory span = credits.serialSpanOf(retirement.retirementId);
        _noteTaken(tokenId, span.firstSerial, span.lastSerial);
    }

    function _noteRedeemed(
        uint256 tokenId,
        address holder,
        uint256 firstSerial,
        uint256 lastSerial,
        uint256 serials
    ) internal {
        redemptions[tokenId].push(Span(firstSerial, lastSerial));
        held[tokenId][holder] -= serials * TONNE;
        _noteTaken(tokenId, firstSerial, lastSerial);
    }

    function _noteCounted(ICarbonCredits.Retirement memory retirement, uint256 units) internal {
        fates[retirement.retirementId].countedUnits += units;
        claims[retirement.beneficiary].countedUnits += units;
        countedRetirements.push(retirement);
    }

    function _noteReplaced(ICarbonCredits.Retirement memory retirement, uint256 units) internal {
        fates[retirement.retirementId].replacedUnits += units;
        claims[retirement.beneficiary].replacedUnits += units;
    }

    /// @dev The hash chain before a retirement, and what follows on its page.
    function _proof(
        uint256 tokenId,
        uint256 index
    ) internal view returns (ICarbonCredits.RetirementProof memory proof) {
        ICarbonCredits.Retirement[] storage all = retirements[tokenId];
        uint256 pageStart = index - (index % RETIREMENTS_PER_PAGE);
        uint256 pageEnd = pageStart + RETIREMENTS_PER_PAGE;
        if (pageEnd > all.length) pageEnd = all.length;
        proof.index = index;
        for (uint256 i = pageStart; i < index; ++i) {
            proof.chainBefore = keccak256(abi.encode(proof.chainBefore, keccak256(abi.encode(all[i]))));
        }
        proof.laterHashes = new bytes32[](pageEnd - index - 1);
        for (uint256 i = index + 1; i < pageEnd; ++i) {
            proof.laterHashes[i - index - 1] = keccak256(abi.encode(all[i]));
        }
    }

    function _serialsOf(uint256 tokenId) internal pure returns (uint256 firstSerial, uint256 lastSerial) {
        return (uint64(tokenId >> 64), uint64(tokenId));
    }

    function _noteTaken(uint256 tokenId, uint256 firstSerial, uint256 lastSerial) private {
        for (uint256 serial = firstSerial; serial <= lastSerial; ++serial) {
            if (cancelled[tokenId][serial]) ++cancelledTakenUp;
        }
    }
}
