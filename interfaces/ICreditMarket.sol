// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "./ICarbonCredits.sol";

/// @title Credits for a stablecoin
/// @notice Whoever holds credits lists them at a price a tonne, in any ERC-20 token; anyone buys all or part, or buys and
/// retires in one call. The market holds what is listed and what was paid until it is withdrawn, so that neither a
/// seller nor a token's blocklist can make a purchase fail.
/// @dev A listing never changes but by being sold or cancelled, and its id has 64 bits of the hash of its terms in it:
/// where the chain was reorganised, a purchase buys what the buyer saw or nothing, as long as nobody finds other terms
/// with the same 64 bits (some 2^64 hashes). Tokens that take a fee on transfer are refused.
interface ICreditMarket {
    /// @notice A listing.
    /// @param seller Who listed it; zero where there is none, or it is sold or cancelled.
    /// @param units How many are left.
    /// @param paymentToken The ERC-20 token it is paid in.
    /// @param expiresAt Unix seconds from which it can only be cancelled; 0 for never.
    /// @param tokenId The credit.
    /// @param pricePerTonne For 10^8 units, in base units of the payment token.
    /// @param vintageYear The year with which the credit's vintage begins, so that a search need not read it; 0 where it
    /// begins with none.
    struct Listing {
        address seller;
        uint96 units;
        address paymentToken;
        uint40 expiresAt;
        uint256 tokenId;
        uint128 pricePerTonne;
        uint16 vintageYear;
    }

    /// @notice What can be bought and retired now.
    /// @param listingId Of which listing.
    /// @param tokenId The credit.
    /// @param units How many at once: what is left of the listing, or what the credit can have retired at once where
    /// that is less.
    /// @param pricePerTonne For 10^8 units, in base units of the payment token.
    /// @param vintageYear The year with which the credit's vintage begins; 0 where it begins with none.
    struct Offer {
        uint256 listingId;
        uint256 tokenId;
        uint256 units;
        uint256 pricePerTonne;
        uint256 vintageYear;
    }

    /// @notice Credits were listed.
    /// @param listingId The listing: its number, from 1, and 64 bits of the hash of its seller and terms.
    /// @param seller Whose.
    /// @param tokenId The credit.
    /// @param paymentToken What it is paid in.
    /// @param units How many.
    /// @param pricePerTonne For 10^8 units.
    /// @param expiresAt Unix seconds; 0 for never.
    event Listed(
        uint256 indexed listingId,
        address indexed seller,
        uint256 indexed tokenId,
        address paymentToken,
        uint256 units,
        uint256 pricePerTonne,
        uint256 expiresAt
    );

    /// @notice Credits of a listing were sold.
    /// @param listingId The listing.
    /// @param buyer Who paid.
    /// @param units How many.
    /// @param cost What was paid, in base units of the payment token.
    /// @param retirementId The retirement they went into; 0 where they went to a holder.
    event Sold(
        uint256 indexed listingId,
        address indexed buyer,
        uint256 units,
        uint256 cost,
        uint256 indexed retirementId
    );

    /// @notice A seller took back what was left.
    /// @param listingId The listing.
    /// @param to Who received the credits.
    /// @param units How many.
    event Cancelled(uint256 indexed listingId, address indexed to, uint256 units);

    /// @notice A listing is not searched any more: it can never be bought again, or too little is left. It can still be
    /// cancelled and, in the latter case, bought by its id. One that is sold out or cancelled is not searched either.
    /// @param listingId The listing.
    event Unbooked(uint256 indexed listingId);

    /// @notice A seller was paid out.
    /// @param seller Whose proceeds.
    /// @param paymentToken In what.
    /// @param to Who received them.
    /// @param amount How much, in base units.
    event ProceedsWithdrawn(address indexed seller, address indexed paymentToken, address indexed to, uint256 amount);

    /// @notice Only `list` brings credits here, and only a purchase money: what is merely sent would belong to nobody.
    error NotByTransfer();

    /// @notice Fewer units than a listing has at least.
    error ListingTooSmall(uint256 units, uint256 minimumUnits);

    /// @notice A price is not zero and below 2^128, an expiry an hour away at least.
    error TermsInvalid(uint256 pricePerTonne, uint256 expiresAt);

    /// @notice The address is no contract.
    error NotAToken(address paymentToken);

    /// @notice There is no such listing, or it is sold or cancelled.
    error UnknownListing(uint256 listingId);

    /// @notice The credit has expired.
    error CreditExpired(uint256 tokenId);

    /// @notice Nothing of the credit can be retired now: it is on hold, or cancelled to its end.
    error NothingRetirable(uint256 tokenId);

    /// @notice The listing has expired.
    error ListingExpired(uint256 listingId, uint256 expiresAt);

    /// @notice More than is left of the listing, or nothing.
    error UnitsNotListed(uint256 listingId, uint256 units, uint256 listedUnits);

    /// @notice It costs more than the buyer said.
    error CostTooHigh(uint256 cost, uint256 maxCost);

    /// @notice Only the seller cancels.
    error NotSeller(uint256 listingId, address seller);

    /// @notice The token did not move what it was told to, as one with a fee on transfer does.
    error PaymentNotReceived(address paymentToken, uint256 received, uint256 cost);

    /// @notice The token took more than it was told to, as one with a fee on top of the transfer does.
    error PaymentTakesMore(address paymentToken, uint256 taken, uint256 amount);

    /// @notice There is nothing to withdraw.
    error NothingToWithdraw();

    /// @notice Lists the caller's credits; the market needs to be approved for them (`setApprovalForAll`).
    /// @param tokenId The credit; neither expired nor on hold nor cancelled to its end.
    /// @param units How many; at least a tenth of a tonne.
    /// @param paymentToken The ERC-20 token to be paid in.
    /// @param pricePerTonne For 10^8 units, in base units of the payment token.
    /// @param expiresAt Unix seconds from which it cannot be bought any more, at least an hour away; 0 for never.
    /// @return listingId The listing: its number, from 1, and 64 bits of the hash of its seller and terms.
    function list(
        uint256 tokenId,
        uint256 units,
        address paymentToken,
        uint256 pricePerTonne,
        uint256 expiresAt
    ) external returns (uint256 listingId);

    /// @notice Takes back what is left of the caller's listing; at any time, but for a credit that is on hold.
    /// @param listingId The listing.
    /// @param to Who receives the credits.
    function cancel(uint256 listingId, address to) external;

    /// @notice Buys credits; the market needs an allowance of the payment token.
    /// @dev Warning: all units of a credit are alike, so that where the registry cancelled some of its serials, whoever
    /// retires last finds them gone. `buyAndRetire` pays for what is retired at once.
    /// @param listingId The listing.
    /// @param units How many.
    /// @param to Who receives them.
    /// @param maxCost The most to pay, in base units of the payment token.
    /// @return cost What was paid: the price of the units, rounded up.
    function buy(uint256 listingId, uint256 units, address to, uint256 maxCost) external returns (uint256 cost);

    /// @notice Buys credits and retires them, in one call.
    /// @param listingId The listing.
    /// @param units How many.
    /// @param beneficiary For whom they count as offset.
    /// @param details What is said of the retirement.
    /// @param withCertificate Whether to mint the certificate at once; anyone can claim it later.
    /// @param maxCost The most to pay, in base units of the payment token.
    /// @return retirementId The retirement, which tells its serials.
    /// @return cost What was paid: the price of the units, rounded up.
    function buyAndRetire(
        uint256 listingId,
        uint256 units,
        address beneficiary,
        ICarbonCredits.RetirementDetails calldata details,
        bool withCertificate,
        uint256 maxCost
    ) external returns (uint256 retirementId, uint256 cost);

    /// @notice Gives the market an allowance of the caller's by a signature (ERC-2612), to be used in a `multicall` before
    /// a purchase. Does nothing where the token refuses: somebody else may have handed the same signature in.
    /// @param paymentToken The token.
    /// @param amount The allowance.
    /// @param deadline Until when the signature holds.
    /// @param v Of the signature.
    /// @param r Of the signature.
    /// @param s Of the signature.
    function permit(address paymentToken, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Pays the caller what was paid for its credits.
    /// @param paymentToken In which token.
    /// @param to Who receives it, by a plain transfer: neither this contract nor AutoRetire, which is paid by
    /// `depositPayment` and cannot give back what comes otherwise.
    /// @return amount How much, in base units.
    function withdrawProceeds(address paymentToken, address to) external returns (uint256 amount);

    /// @notice Takes listings that can never be bought again out of what is searched; by anyone. They are expired, or
    /// their credit is expired, or cancelled to its end.
    /// @param listingIds Which; others are left.
    /// @return count How many it took out.
    function unbookExpired(uint256[] calldata listingIds) external returns (uint256 count);

    /// @notice Takes listings that can never be bought again out of what is searched, where they stand before all others;
    /// by anyone.
    /// @param paymentToken Paid in what.
    /// @param projectId The project: the upper 128 bits of the credits' ids.
    /// @param tokenId Only this credit, whatever the project; 0 for any of the project.
    /// @param maxPricePerTonne Only those that stand at no higher price.
    /// @param looks How many listings to look at, at most, the cheapest first.
    /// @return count How many it took out.
    function unbookFirst(
        address paymentToken,
        uint256 projectId,
        uint256 tokenId,
        uint256 maxPricePerTonne,
        uint256 looks
    ) external returns (uint256 count);

    /// @notice What can be bought of a project, the cheapest first, and of one price the oldest.
    /// @dev A listing that is expired, or whose credit is expired, on hold or cancelled to its end, is looked at and left
    /// out; one of another credit than the one asked for is not even looked at. Offers of one credit share what it can have retired at
    /// once: buy from one, and look again.
    /// @param paymentToken Paid in what.
    /// @param projectId The project: the upper 128 bits of the credits' ids.
    /// @param tokenId Only this credit, whatever the project; 0 for any of the project.
    /// @param maxPricePerTonne The highest price.
    /// @param looks How many listings to look at, at most.
    /// @return offers What was found, in order.
    function offersOf(
        address paymentToken,
        uint256 projectId,
        uint256 tokenId,
        uint256 maxPricePerTonne,
        uint256 looks
    ) external view returns (Offer[] memory offers);

    /// @notice A listing.
    /// @param listingId Which.
    /// @return listing All zero where there is none, or it is sold or cancelled.
    function getListing(uint256 listingId) external view returns (Listing memory listing);

    /// @notice Whether a call of the market is under way, so that none but a view is possible inside of it.
    /// @return busy Whether.
    function isBusy() external view returns (bool busy);

    /// @notice What units of a listing cost, rounded up to a base unit.
    /// @param units How many.
    /// @param pricePerTonne For 10^8 units.
    /// @return cost In base units of the payment token.
    function costOf(uint256 units, uint256 pricePerTonne) external pure returns (uint256 cost);

    /// @notice What a seller can withdraw.
    /// @param seller Whose.
    /// @param paymentToken In which token.
    /// @return amount In base units.
    function proceedsOf(address seller, address paymentToken) external view returns (uint256 amount);

    /// @notice How many listings there were so far; the newest has this number in the upper bits of its id.
    /// @return count How many.
    function listingCount() external view returns (uint256 count);

    /// @notice The credits that are sold.
    /// @return credits Their contract.
    function carbonCredits() external view returns (ICarbonCredits credits);
}
