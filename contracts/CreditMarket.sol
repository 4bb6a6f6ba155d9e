// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {RedBlackTreeLib} from "solady/src/utils/RedBlackTreeLib.sol";
import {ICarbonCredits} from "../interfaces/ICarbonCredits.sol";
import {ICreditMarket} from "../interfaces/ICreditMarket.sol";
import {Payments} from "./libraries/Payments.sol";
import {TokenIds} from "./libraries/TokenIds.sol";
import {Units} from "./libraries/Units.sol";
import {Vintage} from "./libraries/Vintage.sol";

/// @title Credits for a stablecoin
/// @notice Documented in ICreditMarket. It has no owner and takes no fee.
contract CreditMarket is ICreditMarket, ERC1155Holder, Multicall, ReentrancyGuard {
    using RedBlackTreeLib for RedBlackTreeLib.Tree;
    using RedBlackTreeLib for bytes32;
    using SafeCast for uint256;

    /// @notice The least that can be listed: a tenth of a tonne. A listing of which less is left is not searched, so
    /// that crumbs do not stand before what is worth buying.
    uint256 public constant MINIMUM_LISTING_UNITS = Units.UNITS_PER_TONNE / 10;

    /// @notice How far away an expiry is at least, so that nobody lists what is over at once, to clog a search.
    uint256 public constant MINIMUM_LISTING_SECONDS = 1 hours;

    /// @dev A listing's number in 40 bits, and 64 of the hash of its terms.
    uint256 private constant _LISTING_ID_BITS = 104;
    uint256 private constant _TERMS_BITS = 64;

    /// @inheritdoc ICreditMarket
    ICarbonCredits public immutable carbonCredits;

    /// @inheritdoc ICreditMarket
    uint256 public listingCount;

    mapping(uint256 listingId => Listing) private _listings;
    mapping(address seller => mapping(address paymentToken => uint256 amount)) private _proceeds;

    /// @dev What is searched: `price << 104 | listing id`, so that the cheapest comes first, and of one price the oldest.
    /// Each listing stands in the book of its project and in that of its credit, whose ids are never alike: so cheaper
    /// listings of other credits do not stand before those of the one that is asked for.
    mapping(address paymentToken => mapping(uint256 projectOrCredit => RedBlackTreeLib.Tree)) private _books;

    constructor(ICarbonCredits carbonCredits_) {
        carbonCredits = carbonCredits_;
    }

    /// @inheritdoc ICreditMarket
    function list(
        uint256 tokenId,
        uint256 units,
        address paymentToken,
        uint256 pricePerTonne,
        uint256 expiresAt
    ) external nonReentrant returns (uint256 listingId) {
        if (units < MINIMUM_LISTING_UNITS) revert ListingTooSmall(units, MINIMUM_LISTING_UNITS);
        if (
            pricePerTonne == 0 ||
            pricePerTonne > type(uint128).max ||
            expiresAt > type(uint40).max ||
            (expiresAt != 0 && expiresAt < block.timestamp + MINIMUM_LISTING_SECONDS)
        ) revert TermsInvalid(pricePerTonne, expiresAt);
        if (paymentToken.code.length == 0) revert NotAToken(paymentToken);
        _requireSellable(tokenId);

        listingId = ++listingCount << _TERMS_BITS;
        listingId |= uint64(
            uint256(keccak256(abi.encode(msg.sender, tokenId, paymentToken, pricePerTonne, expiresAt)))
        );
        Listing memory listing = Listing({
            seller: msg.sender,
            units: units.toUint96(),
            paymentToken: paymentToken,
            expiresAt: uint40(expiresAt),
            tokenId: tokenId,
            pricePerTonne: uint128(pricePerTonne),
            vintageYear: uint16(Vintage.yearOf(carbonCredits.getMetadata(tokenId).vintage))
        });
        _listings[listingId] = listing;
        _book(listingId, listing);
        emit Listed(listingId, msg.sender, tokenId, paymentToken, units, pricePerTonne, expiresAt);
        _credits1155().safeTransferFrom(msg.sender, address(this), tokenId, units, "");
    }

    /// @inheritdoc ICreditMarket
    function cancel(uint256 listingId, address to) external nonReentrant {
        Listing memory listing = _existing(listingId);
        if (listing.seller != msg.sender) revert NotSeller(listingId, listing.seller);
        delete _listings[listingId];
        _unbook(listingId, listing);
        emit Cancelled(listingId, to, listing.units);
        _credits1155().safeTransferFrom(address(this), to, listing.tokenId, listing.units, "");
    }

    /// @inheritdoc ICreditMarket
    function buy(
        uint256 listingId,
        uint256 units,
        address to,
        uint256 maxCost
    ) external nonReentrant returns (uint256 cost) {
        uint256 tokenId;
        (tokenId, cost) = _sell(listingId, units, maxCost);
        emit Sold(listingId, msg.sender, units, cost, 0);
        _credits1155().safeTransferFrom(address(this), to, tokenId, units, "");
    }

    /// @inheritdoc ICreditMarket
    function buyAndRetire(
        uint256 listingId,
        uint256 units,
        address beneficiary,
        ICarbonCredits.RetirementDetails calldata details,
        bool withCertificate,
        uint256 maxCost
    ) external nonReentrant returns (uint256 retirementId, uint256 cost) {
        uint256 tokenId;
        (tokenId, cost) = _sell(listingId, units, maxCost);
        retirementId = carbonCredits.retireFor(tokenId, address(this), units, beneficiary, details, withCertificate);
        emit Sold(listingId, msg.sender, units, cost, retirementId);
    }

    /// @inheritdoc ICreditMarket
    function permit(address paymentToken, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        try IERC20Permit(paymentToken).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
    }

    /// @inheritdoc ICreditMarket
    function withdrawProceeds(address paymentToken, address to) external nonReentrant returns (uint256 amount) {
        amount = _proceeds[msg.sender][paymentToken];
        if (amount == 0) revert NothingToWithdraw();
        // It would belong to nobody.
        if (to == address(this)) revert NotByTransfer();
        _proceeds[msg.sender][paymentToken] = 0;
        emit ProceedsWithdrawn(msg.sender, paymentToken, to, amount);
        Payments.pay(paymentToken, to, amount);
    }

    /// @inheritdoc ICreditMarket
    function unbookExpired(uint256[] calldata listingIds) external returns (uint256 count) {
        return _unbookOver(listingIds);
    }

    /// @inheritdoc ICreditMarket
    function unbookFirst(
        address paymentToken,
        uint256 projectId,
        uint256 tokenId,
        uint256 maxPricePerTonne,
        uint256 looks
    ) external returns (uint256 count) {
        RedBlackTreeLib.Tree storage book = _books[paymentToken][tokenId == 0 ? projectId : tokenId];
        uint256[] memory listingIds = new uint256[](FixedPointMathLib.min(looks, book.size()));
        bytes32 place = book.first();
        for (uint256 look; look < listingIds.length; ++look) {
            uint256 value = place.value();
            if (value >> _LISTING_ID_BITS > maxPricePerTonne) break;
            listingIds[look] = uint104(value);
            place = place.next();
        }
        return _unbookOver(listingIds);
    }

    /// @notice ERC-1155: takes what `list` fetches, and nothing else.
    /// @param operator Who moves the credits.
    /// @param from Whose they were.
    /// @return The selector that accepts the transfer.
    function onERC1155Received(
        address operator,
        address from,
        uint256,
        uint256,
        bytes memory
    ) public view override returns (bytes4) {
        // Credits that the market itself sends may not end here either, as a buyer or seller might say.
        if (operator != address(this) || from == address(this)) revert NotByTransfer();
        return this.onERC1155Received.selector;
    }

    /// @notice ERC-1155: takes nothing, since `list` fetches one credit at a time.
    /// @return Never; it reverts.
    function onERC1155BatchReceived(
        address,
        address,
        uint256[] memory,
        uint256[] memory,
        bytes memory
    ) public pure override returns (bytes4) {
        revert NotByTransfer();
    }

    /// @inheritdoc ICreditMarket
    function offersOf(
        address paymentToken,
        uint256 projectId,
        uint256 tokenId,
        uint256 maxPricePerTonne,
        uint256 looks
    ) external view returns (Offer[] memory offers) {
        RedBlackTreeLib.Tree storage book = _books[paymentToken][tokenId == 0 ? projectId : tokenId];
        offers = new Offer[](FixedPointMathLib.min(looks, book.size()));
        uint256 found;
        bytes32 place = book.first();
        for (uint256 look; look < offers.length; ++look) {
            uint256 listingId = uint104(place.value());
            Listing memory listing = _listings[listingId];
            if (listing.pricePerTonne > maxPricePerTonne) break;
            place = place.next();
            if (_isPast(listing.expiresAt)) continue;
            uint256 retirableUnits = carbonCredits.retirableUnits(listing.tokenId);
            if (retirableUnits == 0 || carbonCredits.isExpired(listing.tokenId)) continue;
            offers[found++] = Offer({
                listingId: listingId,
                tokenId: listing.tokenId,
                units: FixedPointMathLib.min(listing.units, retirableUnits),
                pricePerTonne: listing.pricePerTonne,
                vintageYear: listing.vintageYear
            });
        }
        // Shortens the array to what was found.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(offers, found)
        }
    }

    /// @inheritdoc ICreditMarket
    function getListing(uint256 listingId) external view returns (Listing memory) {
        return _listings[listingId];
    }

    /// @inheritdoc ICreditMarket
    function proceedsOf(address seller, address paymentToken) external view returns (uint256) {
        return _proceeds[seller][paymentToken];
    }

    /// @inheritdoc ICreditMarket
    function isBusy() external view returns (bool) {
        return _reentrancyGuardEntered();
    }

    /// @inheritdoc ICreditMarket
    function costOf(uint256 units, uint256 pricePerTonne) public pure returns (uint256) {
        return Units.costUp(units, pricePerTonne);
    }

    /// @dev All of a sale but handing the credits over, which the caller does next.
    function _sell(uint256 listingId, uint256 units, uint256 maxCost) private returns (uint256 tokenId, uint256 cost) {
        Listing memory listing = _existing(listingId);
        tokenId = listing.tokenId;
        if (_isPast(listing.expiresAt)) revert ListingExpired(listingId, listing.expiresAt);
        if (units == 0 || units > listing.units) revert UnitsNotListed(listingId, units, listing.units);
        _requireSellable(tokenId);
        cost = costOf(units, listing.pricePerTonne);
        if (cost > maxCost) revert CostTooHigh(cost, maxCost);

        uint256 leftUnits = listing.units - units;
        if (leftUnits == 0) delete _listings[listingId];
        else _listings[listingId].units = uint96(leftUnits);
        if (leftUnits < MINIMUM_LISTING_UNITS && _unbook(listingId, listing) && leftUnits != 0) {
            emit Unbooked(listingId);
        }
        _proceeds[listing.seller][listing.paymentToken] += cost;
        Payments.collect(listing.paymentToken, cost);
    }

    function _book(uint256 listingId, Listing memory listing) private {
        uint256 place = _placeOf(listingId, listing);
        (RedBlackTreeLib.Tree storage ofProject, RedBlackTreeLib.Tree storage ofCredit) = _booksOf(listing);
        ofProject.insert(place);
        ofCredit.insert(place);
    }

    /// @dev Whether the listing was searched until now.
    function _unbook(uint256 listingId, Listing memory listing) private returns (bool) {
        uint256 place = _placeOf(listingId, listing);
        (RedBlackTreeLib.Tree storage ofProject, RedBlackTreeLib.Tree storage ofCredit) = _booksOf(listing);
        return ofProject.tryRemove(place) == 0 && ofCredit.tryRemove(place) == 0;
    }

    function _unbookOver(uint256[] memory listingIds) private returns (uint256 count) {
        for (uint256 i = 0; i < listingIds.length; ++i) {
            Listing memory listing = _listings[listingIds[i]];
            if (listing.seller == address(0) || !_isOver(listing)) continue;
            if (!_unbook(listingIds[i], listing)) continue;
            ++count;
            emit Unbooked(listingIds[i]);
        }
    }

    function _booksOf(
        Listing memory listing
    ) private view returns (RedBlackTreeLib.Tree storage ofProject, RedBlackTreeLib.Tree storage ofCredit) {
        mapping(uint256 projectOrCredit => RedBlackTreeLib.Tree) storage books = _books[listing.paymentToken];
        (uint256 projectId, ) = TokenIds.decode(listing.tokenId);
        return (books[projectId], books[listing.tokenId]);
    }

    function _existing(uint256 listingId) private view returns (Listing memory listing) {
        listing = _listings[listingId];
        if (listing.seller == address(0)) revert UnknownListing(listingId);
    }

    function _requireSellable(uint256 tokenId) private view {
        if (carbonCredits.isExpired(tokenId)) revert CreditExpired(tokenId);
        if (carbonCredits.retirableUnits(tokenId) == 0) revert NothingRetirable(tokenId);
    }

    /// @dev Whether it can never be bought again, as opposed to a credit on hold.
    function _isOver(Listing memory listing) private view returns (bool) {
        return
            _isPast(listing.expiresAt) ||
            carbonCredits.isExpired(listing.tokenId) ||
            (carbonCredits.retirableUnits(listing.tokenId) == 0 && carbonCredits.suspendedUntil(listing.tokenId) == 0);
    }

    function _isPast(uint256 expiresAt) private view returns (bool) {
        return expiresAt != 0 && block.timestamp >= expiresAt;
    }

    function _credits1155() private view returns (IERC1155) {
        return IERC1155(address(carbonCredits));
    }

    function _placeOf(uint256 listingId, Listing memory listing) private pure returns (uint256) {
        return (uint256(listing.pricePerTonne) << _LISTING_ID_BITS) | listingId;
    }
}
