// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AutoRetire} from "../../contracts/AutoRetire.sol";
import {CreditMarket} from "../../contracts/CreditMarket.sol";
import {EmissionsRegistry} from "../../contracts/EmissionsRegistry.sol";
import {HostileToken} from "../../contracts/mocks/HostileToken.sol";
import {NonReturningToken} from "../../contracts/mocks/NonReturningToken.sol";
import {PaymentToken} from "../../contracts/mocks/PaymentToken.sol";
import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";
import {vm} from "../Vm.sol";
import {CreditsWorld} from "./CreditsWorld.sol";

/// @title Emissions, a market and AutoRetire beside the credits, and money to pay with
/// @notice Three credits of two projects; a token of 6 decimals, one of 18 that takes a fee at times, and one that
/// returns nothing. All that is sold is the seller's or the first account's.
abstract contract OffsetsWorld is CreditsWorld {
    uint256 public constant ACCOUNTS = 3;
    uint256 public constant SELLERS = 2;
    uint256 public constant CREDITS = 3;
    uint256 public constant MONEYS = 3;

    /// @dev No round number, so that hardly an emission is whole units.
    uint48 internal constant PICOGRAMS_PER_GAS = 876_543_219_871;
    uint256 internal constant MICROGRAMS_PER_UNIT = 10_000;
    uint256 internal constant MONEY = 10 ** 40;
    address internal constant SPONSOR = address(0x5);
    address internal constant SELLER = address(0x5e11e4);

    EmissionsRegistry public immutable registry;
    CreditMarket public immutable market;
    AutoRetire public immutable autoRetire;
    HostileToken internal immutable feeTaking;
    uint256[] public tokenIds;
    address[] public moneys;

    constructor() {
        uint256 noticeSeconds = 1 hours;
        registry = new EmissionsRegistry(credits.authority(), credits, noticeSeconds, 1);
        market = new CreditMarket(credits);
        autoRetire = new AutoRetire(registry, market);
        IEmissionsRegistry.Factor memory factor;
        (factor.picogramsPerGas, factor.picogramsPerGasUpper) = (PICOGRAMS_PER_GAS, PICOGRAMS_PER_GAS);
        (factor.picowattHoursPerGas, factor.picowattHoursPerGasUpper) = (1, 1);
        factor.effectiveAt = uint40(block.timestamp + noticeSeconds);
        factor.evidenceHash = bytes32(uint256(1));
        registry.publishFactor(factor, "", "");
        vm.warp(factor.effectiveAt);

        feeTaking = new HostileToken();
        moneys.push(address(new PaymentToken(6)));
        moneys.push(address(feeTaking));
        moneys.push(address(new NonReturningToken()));
        for (uint256 i; i < MONEYS; ++i) {
            _fund(moneys[i], SPONSOR, address(autoRetire));
            _fund(moneys[i], OUTSIDER, address(market));
        }
        for (uint256 i; i < SELLERS; ++i) {
            vm.prank(sellerAt(i));
            credits.setApprovalForAll(address(market), true);
        }
        tokenIds.push(_issue(SELLER, 1, 1, 1000));
        tokenIds.push(_issue(SELLER, 1, 1001, 1000));
        tokenIds.push(_issue(SELLER, 2, 1, 1000));
        for (uint256 i; i < CREDITS; ++i) _transfer(SELLER, SELLER, sellerAt(1), tokenIds[i], 500 * TONNE);
    }

    function accountAt(uint256 index) public pure returns (address) {
        return address(uint160(0xac000 + (index % ACCOUNTS)));
    }

    function sellerAt(uint256 index) public pure returns (address) {
        return index % SELLERS == 0 ? SELLER : accountAt(0);
    }

    /// @dev What a tonne costs at the least.
    function _leastPrice(uint256 money) internal pure returns (uint256) {
        return money % 2 == 0 ? 33_333_333 : 33_333_333_333_333_333_333;
    }

    function _fund(address money, address payer, address taker) private {
        PaymentToken(money).mint(payer, MONEY);
        vm.prank(payer);
        // By a call that expects no answer, since one of the tokens gives none.
        NonReturningToken(money).approve(taker, MONEY);
    }
}
