// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "./ICarbonCredits.sol";
import {ICreditMarket} from "./ICreditMarket.sol";
import {IEmissionsRegistry} from "./IEmissionsRegistry.sol";

/// @title Retirement by itself, once emissions reach a threshold
/// @notice An account sets a threshold, and has credits or money deposited. As soon as its outstanding emissions reach
/// the threshold, anyone may settle: credits of the deposit are retired for the account, and what they do not reach is
/// bought on the market within the account's policy and retired in the same transaction, to the serial.
/// @dev To deposit credits, transfer them to this contract: `safeTransferFrom(from, autoRetire, tokenId, units, data)`
/// with `data` the ABI-encoded account they are for, or empty where that is `from`.
interface IAutoRetire {
    /// @notice How an account is settled. All zero and empty: with any credit on deposit, and nothing is bought.
    /// @param accepts The credits it takes, those it likes best first: each a credit's id, a project's (the id with no
    /// serials) or a registry's (the id with neither). At most eight; empty for any. `settle` buys of the credits and
    /// projects that are named, `settleWith` of whatever is taken.
    /// @param earliestVintage The oldest year of reductions that it takes; 0 for any.
    /// @param label A label that a credit needs to have at the moment, such as CCP; empty for none.
    /// @param paymentToken What credits are bought with, an ERC-20 token; zero to buy none.
    /// @param maxPricePerTonne The highest price, in base units of that token for 10^8 units.
    /// @param budget The most to spend in a period, in base units.
    /// @param periodSeconds The length of a period; they follow on one another from 1970. What was spent before the
    /// policy changed counts on, token by token, from the last period in which it was spent.
    /// @param withCertificate Whether to mint certificates at once; anyone can claim one later.
    /// @param beneficiaryName Said of each retirement. The beneficiary's address is the account.
    /// @param purpose Said of each retirement.
    /// @param place Said of each retirement.
    struct Policy {
        uint256[] accepts;
        uint16 earliestVintage;
        string label;
        address paymentToken;
        uint128 maxPricePerTonne;
        uint128 budget;
        uint32 periodSeconds;
        bool withCertificate;
        string beneficiaryName;
        string purpose;
        string place;
    }

    /// @notice An account chose the emissions at which it is settled.
    /// @param account The account.
    /// @param thresholdCo2eMicrograms Outstanding emissions at which it is due; 0 for never.
    event ThresholdSet(address indexed account, uint256 thresholdCo2eMicrograms);

    /// @notice An account chose how it is settled.
    /// @param account The account.
    /// @param policy How.
    event PolicySet(address indexed account, Policy policy);

    /// @notice An account lets somebody choose listings for it, or no more.
    /// @param account The account.
    /// @param keeper Who.
    /// @param approved Whether.
    event KeeperSet(address indexed account, address indexed keeper, bool approved);

    /// @notice Credits were deposited for an account.
    /// @param account The account.
    /// @param tokenId The credit.
    /// @param from Whose credits they were.
    /// @param units How many.
    event Deposited(address indexed account, uint256 indexed tokenId, address indexed from, uint256 units);

    /// @notice An account took deposited credits back.
    /// @param account The account.
    /// @param tokenId The credit.
    /// @param to Who received them.
    /// @param units How many.
    event Withdrawn(address indexed account, uint256 indexed tokenId, address indexed to, uint256 units);

    /// @notice Money was deposited for an account.
    /// @param account The account.
    /// @param paymentToken In which token.
    /// @param from Whose it was.
    /// @param amount How much, in base units.
    event PaymentDeposited(address indexed account, address indexed paymentToken, address indexed from, uint256 amount);

    /// @notice An account took money back.
    /// @param account The account.
    /// @param paymentToken In which token.
    /// @param to Who received it.
    /// @param amount How much, in base units.
    event PaymentWithdrawn(address indexed account, address indexed paymentToken, address indexed to, uint256 amount);

    /// @notice Credits of an account's deposit were retired for it.
    /// @param account The account.
    /// @param retirementId The retirement's id, which tells its serials.
    /// @param tokenId The credit.
    /// @param units How many.
    event Settled(address indexed account, uint256 indexed retirementId, uint256 indexed tokenId, uint256 units);

    /// @notice A credit that was deposited has nothing to give, and left the account's queue: it was withdrawn, is expired
    /// or cancelled, or the policy does not take it any more.
    /// @param account The account.
    /// @param tokenId The credit.
    event Dequeued(address indexed account, uint256 indexed tokenId);

    /// @notice Credits were bought from an account's money and retired for it.
    /// @param account The account.
    /// @param retirementId The retirement's id, which tells its serials.
    /// @param listingId Of which listing of the market.
    /// @param units How many.
    /// @param cost What was paid, in base units of the policy's payment token.
    event Bought(
        address indexed account,
        uint256 indexed retirementId,
        uint256 indexed listingId,
        uint256 units,
        uint256 cost
    );

    /// @notice A purchase failed; the account's money is where it was.
    /// @param account The account.
    /// @param listingId The listing.
    /// @param reason What it reverted with.
    event PurchaseFailed(address indexed account, uint256 indexed listingId, bytes reason);

    /// @notice What a settlement drew on and bought did not reach.
    /// @param account The account.
    /// @param co2eMicrograms What stays outstanding; it is settled once the account is due again.
    event SettlementShort(address indexed account, uint256 co2eMicrograms);

    /// @notice Only the suite's carbon credits can be deposited.
    error NotCarbonCredits(address token);

    /// @notice The transfer's data is neither empty nor one ABI-encoded account, or the account, or who is to receive money,
    /// is zero, this contract or the market: it would belong to nobody.
    error DepositAccountMissing();

    /// @notice A deposit is at least one kilogram, so that nobody clogs another's queue with dust.
    error DepositTooSmall(uint256 units, uint256 minimumUnits);

    /// @notice An expired credit cannot be deposited.
    error CreditExpired(uint256 tokenId);

    /// @notice A credit of which nothing sound is left cannot be deposited.
    error NothingRetirable(uint256 tokenId);

    /// @notice The account's policy does not take this credit.
    error CreditNotAccepted(address account, uint256 tokenId);

    /// @notice The emissions registry, or the market, is made for other credits.
    error WrongCounterpart(address counterpart);

    /// @notice More than the account has on deposit.
    error DepositExceeded(uint256 amount, uint256 deposited);

    /// @notice A deposit or a withdrawal is more than nothing.
    error NothingToMove();

    /// @notice The token did not move what it was told to, as one with a fee on transfer does.
    error PaymentNotReceived(address paymentToken, uint256 received, uint256 amount);

    /// @notice The token took more than it was told to, as one with a fee on top of the transfer does.
    error PaymentTakesMore(address paymentToken, uint256 taken, uint256 amount);

    /// @notice Too many credits are named, one is zero, or money is named without a price, a budget and a period.
    error PolicyInvalid();

    /// @notice Only the account, or a keeper that it approved, chooses listings.
    error NotKeeper(address account, address caller);

    /// @notice The account is due, has no credits on deposit, and money that buys nothing: there is none of it, or no
    /// budget, or no offer within the policy.
    error NothingDeposited(address account);

    /// @notice Sets the caller's threshold.
    /// @param thresholdCo2eMicrograms Outstanding emissions at which the caller is due; 0 for never.
    function setThreshold(uint256 thresholdCo2eMicrograms) external;

    /// @notice Sets how the caller is settled, in place of what it was.
    /// @param policy How.
    function setPolicy(Policy calldata policy) external;

    /// @notice Lets somebody choose listings for the caller, within its policy; or no more.
    /// @param keeper Who.
    /// @param approved Whether.
    function setKeeper(address keeper, bool approved) external;

    /// @notice Takes credits of the caller's deposit back; at any time, also while the caller is due, but for a
    /// credit that is on hold at its registry.
    /// @param tokenId The credit.
    /// @param units How many.
    /// @param to Who receives them.
    function withdraw(uint256 tokenId, uint256 units, address to) external;

    /// @notice Deposits money of the caller's for an account; this contract needs an allowance.
    /// @param account For whom.
    /// @param paymentToken In which token.
    /// @param amount How much, in base units.
    function depositPayment(address account, address paymentToken, uint256 amount) external;

    /// @notice Takes money of the caller's deposit back; at any time.
    /// @param paymentToken In which token.
    /// @param amount How much, in base units.
    /// @param to Who receives it; neither this contract nor the market.
    function withdrawPayment(address paymentToken, uint256 amount, address to) external;

    /// @notice Retires for the account what is outstanding, rounded up to the unit; by anyone. Does nothing unless the
    /// account is due, or is itself the caller. First the account's deposit is drawn on: the credits that its policy
    /// names, in that order, then others that it takes, in the order in which each was first deposited; then credits
    /// are bought, of each credit and project that the policy names in order, the cheapest first. Credits that are
    /// expired, on hold or cancelled are passed over. At most two retirements are made: where what then is left still
    /// reaches the threshold anyone may settle again at once, and otherwise it waits until the account is due again. Where
    /// there is money for as much, the second is a purchase, unless a deposit is all that it takes, or nothing can be bought: so the
    /// small deposits of strangers keep none from being made.
    /// @dev Of each name it looks at the four cheapest listings: of a project whose cheapest credits the policy does not
    /// take, for their vintage or label, it may find none. Name credits then, or have a keeper use `settleWith`. A credit
    /// on deposit that the policy does not take any more leaves the queue: if it is taken again, name it, or deposit more.
    /// Where an account settles itself, and its gas is short after something was done, that stands and no more is done; if it
    /// runs out before, looking at listings that the policy does not take, nothing is. It reverts with
    /// ReentrancyGuardReentrantCall inside of a call of this contract, and of one of the market where it is to buy.
    /// @param account Whose emissions.
    /// @return units How many units were retired.
    /// @return retirementIds By which retirements.
    function settle(address account) external returns (uint256 units, uint256[] memory retirementIds);

    /// @notice Settles, but buys what the caller names, in that order; by the account or its keeper.
    /// @param account Whose emissions.
    /// @param listingIds Listings of the market, each of a credit that the policy takes, within price and budget; others
    /// are passed over.
    /// @return units How many units were retired.
    /// @return retirementIds By which retirements.
    function settleWith(
        address account,
        uint256[] calldata listingIds
    ) external returns (uint256 units, uint256[] memory retirementIds);

    /// @notice Whether the account's outstanding emissions have reached its threshold.
    /// @param account Whose emissions.
    /// @return due True where a threshold is set and what is outstanding has reached it.
    function isDue(address account) external view returns (bool due);

    /// @notice An account's threshold.
    /// @param account Whose.
    /// @return co2eMicrograms 0 for never.
    function thresholdOf(address account) external view returns (uint256 co2eMicrograms);

    /// @notice An account's policy.
    /// @param account Whose.
    /// @return policy All zero and empty where none was set.
    function policyOf(address account) external view returns (Policy memory policy);

    /// @notice Whether an account's policy takes a credit.
    /// @param account Whose.
    /// @param tokenId The credit.
    /// @return accepted Whether; an account without a policy takes any.
    function isAccepted(address account, uint256 tokenId) external view returns (bool accepted);

    /// @notice Whether somebody may choose listings for an account.
    /// @param account For whom.
    /// @param keeper Who.
    /// @return approved Always true of the account itself.
    function isKeeper(address account, address keeper) external view returns (bool approved);

    /// @notice The units of a credit that an account has on deposit.
    /// @param account Whose.
    /// @param tokenId The credit.
    /// @return units How many.
    function depositOf(address account, uint256 tokenId) external view returns (uint256 units);

    /// @notice The credits that an account had deposited, in the order in which they are drawn on after those that its
    /// policy names. Some may have nothing to give any more.
    /// @param account Whose.
    /// @return tokenIds The credits, each once.
    function queueOf(address account) external view returns (uint256[] memory tokenIds);

    /// @notice The money that an account has on deposit.
    /// @param account Whose.
    /// @param paymentToken In which token.
    /// @return amount In base units.
    function paymentOf(address account, address paymentToken) external view returns (uint256 amount);

    /// @notice What an account can still spend in the period that runs.
    /// @param account Whose.
    /// @return amount In base units of its policy's payment token.
    function budgetLeft(address account) external view returns (uint256 amount);

    /// @notice The registry that says what is outstanding.
    /// @return registry Its contract.
    function emissionsRegistry() external view returns (IEmissionsRegistry registry);

    /// @notice The credits that are deposited, bought and retired.
    /// @return credits Their contract.
    function carbonCredits() external view returns (ICarbonCredits credits);

    /// @notice Where credits are bought.
    /// @return market Its contract.
    function creditMarket() external view returns (ICreditMarket market);
}
