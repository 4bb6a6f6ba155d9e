// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Authority} from "../../contracts/Authority.sol";
import {CarbonCredits} from "../../contracts/CarbonCredits.sol";
import {CreditRecords} from "../../contracts/CreditRecords.sol";
import {RetirementCertificates} from "../../contracts/RetirementCertificates.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {ICreditRecords} from "../../interfaces/ICreditRecords.sol";
import {IERC8393} from "../../interfaces/IERC8393.sol";
import {IRetirementCertificates} from "../../interfaces/IRetirementCertificates.sol";
import {vm} from "../Vm.sol";
import {Agreeable} from "./Agreeable.sol";

/// @title The one place that knows how credits are issued, retired and cancelled
/// @notice Proofs and invariants call these functions only, so a change of the contract's interface ends here.
abstract contract CreditsWorld {
    uint256 internal constant TONNE = 10 ** 8;
    address internal constant OUTSIDER = address(0xbad);

    CarbonCredits internal immutable credits;
    RetirementCertificates internal immutable certificates;
    address internal immutable custodian = address(new Agreeable());

    /// @dev This contract is the administrator, who may call what is bound to no role: it is the issuer too.
    constructor() {
        Authority authority = new Authority(address(this), custodian);
        // Halmos numbers contracts in its own way, so that no address can be told ahead: the code comes after.
        address records = address(new Agreeable());
        certificates = RetirementCertificates(address(new Agreeable()));
        Agreeable(records).agree(address(authority), address(0));
        Agreeable(address(certificates)).agree(address(0), records);
        credits = new CarbonCredits(
            address(authority),
            IRetirementCertificates(address(certificates)),
            ICreditRecords(records)
        );
        vm.etch(records, address(new CreditRecords(authority, credits)).code);
        vm.etch(address(certificates), address(new RetirementCertificates(credits, ICreditRecords(records))).code);
    }

    function _attest(address caller, address to, IERC8393.CreditMetadata memory metadata) internal {
        vm.prank(caller);
        credits.attest(to, metadata, bytes32(uint256(1)), type(uint32).max, custodian, "", 0);
    }

    function _mint(address caller, address to, IERC8393.CreditMetadata memory metadata) internal {
        vm.prank(caller);
        credits.mintCredit(to, metadata.projectId, metadata.creditId, metadata.totalVolume, 0, metadata);
    }

    function _issue(
        address to,
        uint256 registry,
        uint256 firstSerial,
        uint256 serials
    ) internal returns (uint256 tokenId) {
        IERC8393.CreditMetadata memory metadata = _metadata(registry, firstSerial, serials);
        _attest(address(this), to, metadata);
        _mint(address(this), to, metadata);
        return credits.encodeTokenId(metadata.projectId, metadata.creditId);
    }

    function _transfer(address caller, address from, address to, uint256 tokenId, uint256 units) internal {
        vm.prank(caller);
        credits.safeTransferFrom(from, to, tokenId, units, "");
    }

    function _retire(
        address caller,
        uint256 tokenId,
        address holder,
        uint256 units,
        address beneficiary,
        bool withCertificate
    ) internal returns (uint256 retirementId) {
        ICarbonCredits.RetirementDetails memory nothingSaid;
        vm.prank(caller);
        return credits.retireFor(tokenId, holder, units, beneficiary, nothingSaid, withCertificate);
    }

    function _redeem(
        address caller,
        uint256 tokenId,
        address holder,
        uint256 serials
    ) internal returns (uint256 firstSerial, uint256 lastSerial) {
        vm.prank(caller);
        return credits.redeem(tokenId, holder, serials, "");
    }

    function _suspend(address caller, uint256 tokenId) internal {
        uint256[] memory tokenIds = new uint256[](1);
        tokenIds[0] = tokenId;
        vm.prank(caller);
        credits.suspend(tokenIds, "");
    }

    function _resume(address caller, uint256 tokenId) internal {
        uint256[] memory tokenIds = new uint256[](1);
        tokenIds[0] = tokenId;
        vm.prank(caller);
        credits.resume(tokenIds);
    }

    function _invalidate(address caller, uint256 tokenId, uint256 firstSerial, uint256 lastSerial) internal {
        vm.prank(caller);
        credits.invalidate(tokenId, firstSerial, lastSerial, "");
    }

    function _replace(
        address caller,
        uint256 retirementId,
        uint256 tokenId,
        address holder,
        uint256 units
    ) internal returns (uint256 replacedBy) {
        ICarbonCredits.RetirementDetails memory nothingSaid;
        vm.prank(caller);
        return credits.replace(retirementId, tokenId, holder, units, nothingSaid);
    }

    function _retiredUnits(uint256 tokenId) internal view returns (uint256) {
        return credits.stateOf(tokenId).retiredUnits;
    }

    function _redeemedUnits(uint256 tokenId) internal view returns (uint256) {
        return credits.stateOf(tokenId).redeemedUnits;
    }

    /// @dev As the contract has written down a retirement of this moment of which nothing was said.
    function _record(
        uint256 retirementId,
        uint256 tokenId,
        address holder,
        address beneficiary
    ) internal view returns (ICarbonCredits.Retirement memory) {
        return
            ICarbonCredits.Retirement({
                retirementId: retirementId,
                tokenId: tokenId,
                beneficiary: beneficiary,
                holder: holder,
                agent: holder,
                retiredAt: uint40(block.timestamp),
                detailsHash: 0
            });
    }

    /// @dev A credit of project 1 of a registry.
    function _metadata(
        uint256 registry,
        uint256 firstSerial,
        uint256 serials
    ) internal pure returns (IERC8393.CreditMetadata memory metadata) {
        metadata.projectId = (registry << 64) | 1;
        metadata.creditId = (firstSerial << 64) | (firstSerial + serials - 1);
        metadata.totalVolume = serials * TONNE;
    }
}
