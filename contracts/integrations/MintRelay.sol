// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {OffsetOnMint} from "./OffsetOnMint.sol";

/// @title Mints of a collection that cannot change, measured and offset
/// @notice Minters call `mint` here in place of the collection: the call and its value go on to the collection, what it
/// mints goes to the minter, what it pays back too, and the gas is recorded as the relay's emissions, which the relay
/// offsets as `OffsetOnMint` does. One relay serves one collection, and calls nothing of it but the functions that it
/// was made for.
/// @dev Warning: to the collection, the minter is the relay. What it keeps for its caller, all who mint through the relay
/// share: what is allowed a wallet, or a wallet of a list, the first of them uses up, and what is credited to one of them
/// (points, a balance, a discount for the next mint) the next one may spend, or nobody can. What it pays back after
/// the mint, the relay refuses. Name no function of which the minter has more than tokens and wei at once.
/// @dev What the collection mints to its caller without asking it (`_mint` in place of `_safeMint`) cannot be handed on,
/// and so is refused.
contract MintRelay is OffsetOnMint, Ownable2Step, ERC1155Holder, IERC721Receiver {
    using Address for address;

    /// @notice The collection.
    address public immutable collection;

    /// @notice Whether a function of the collection is one that mints.
    mapping(bytes4 selector => bool mints) public isMint;

    /// @dev Never zero, since what clearing a slot pays back would not be seen by the meter.
    address private constant NOBODY = address(1);

    /// @dev For whom the collection is called at the moment. It bars a second mint inside of the first, too:
    /// OpenZeppelin's guard would be another slot, for the same fact.
    address private _minter = NOBODY;

    /// @notice A mint was handed on.
    /// @param minter For whom.
    /// @param valueWei What the minter sent, all of which went to the collection.
    /// @param paidBackWei What the collection paid back, which may be more, all of which went to the minter.
    event MintRelayed(address indexed minter, uint256 valueWei, uint256 paidBackWei);

    /// @notice The address is no contract.
    error NotACollection(address account);

    /// @notice The relay was not made to call that function.
    error NotAMint(bytes4 selector);

    /// @notice A mint goes on already, and another cannot begin inside of it.
    error MintUnderWay(address minter);

    /// @notice Tokens and wei come from the collection while it mints, or not at all.
    error NotFromMint(address sender);

    /// @notice The collection minted to the relay itself, without telling it: the tokens would stay here for ever.
    error TokensWouldStay(uint256 count);

    /// @notice Serves one collection.
    /// @param owner_ Who sets the policy, and takes deposits back.
    /// @param collection_ The collection.
    /// @param mints The selectors of its functions that mint.
    /// @param autoRetire_ The suite's.
    /// @param thresholdCo2eMicrograms As OffsetOnMint has it.
    constructor(
        address owner_,
        address collection_,
        bytes4[] memory mints,
        IAutoRetire autoRetire_,
        uint256 thresholdCo2eMicrograms
    ) OffsetOnMint(autoRetire_, thresholdCo2eMicrograms) Ownable(owner_) {
        if (collection_.code.length == 0) revert NotACollection(collection_);
        collection = collection_;
        for (uint256 i = 0; i < mints.length; ++i) {
            // Who allowed the relay to move tokens would lose them to anyone.
            if (_moves(mints[i])) revert NotAMint(mints[i]);
            isMint[mints[i]] = true;
        }
    }

    /// @notice Takes what a collection pays back.
    receive() external payable {
        if (msg.sender != collection || _minter == NOBODY) revert NotFromMint(msg.sender);
    }

    // `_minter` is the guard itself: while it is set, nothing begins inside.
    // slither-disable-start reentrancy-no-eth,reentrancy-benign
    /// @notice Mints for the caller.
    /// @param call The call, as the collection would be sent it.
    /// @return answer What the collection returned.
    function mint(bytes calldata call) external payable offsetOnMint returns (bytes memory answer) {
        if (_minter != NOBODY) revert MintUnderWay(_minter);
        if (call.length < 4 || !isMint[bytes4(call)]) revert NotAMint(bytes4(call));
        uint256 balanceBefore = address(this).balance - msg.value;
        uint256 tokensBefore = _tokens();
        _minter = msg.sender;
        answer = collection.functionCallWithValue(call, msg.value);
        _minter = NOBODY;
        uint256 tokens = _tokens();
        if (tokens > tokensBefore) revert TokensWouldStay(tokens - tokensBefore);

        uint256 paidBackWei = address(this).balance - balanceBefore;
        emit MintRelayed(msg.sender, msg.value, paidBackWei);
        if (paidBackWei != 0) SafeTransferLib.safeTransferETH(msg.sender, paidBackWei);
    }

    // slither-disable-end reentrancy-no-eth,reentrancy-benign

    /// @notice ERC-721: hands a token on that the collection minted to its caller.
    /// @param from Zero, as of any token that is minted.
    /// @param tokenId The token.
    /// @return The selector that accepts the transfer.
    function onERC721Received(address, address from, uint256 tokenId, bytes calldata) external returns (bytes4) {
        address minter = _requireMint(from);
        IERC721(collection).safeTransferFrom(address(this), minter, tokenId);
        return this.onERC721Received.selector;
    }

    /// @notice Sets how the relay's emissions are offset; by the owner.
    /// @param policy How.
    function setPolicy(IAutoRetire.Policy calldata policy) external onlyOwner {
        _setPolicy(policy);
    }

    /// @notice Sets at which outstanding emissions anyone may settle; by the owner.
    /// @param thresholdCo2eMicrograms In micrograms; 0 for never.
    function setThreshold(uint256 thresholdCo2eMicrograms) external onlyOwner {
        _setThreshold(thresholdCo2eMicrograms);
    }

    /// @notice Takes credits of the relay's deposit back; by the owner.
    /// @param tokenId The credit.
    /// @param units How many.
    /// @param to Who receives them.
    function withdrawCredits(uint256 tokenId, uint256 units, address to) external onlyOwner {
        _withdrawCredits(tokenId, units, to);
    }

    /// @notice Takes money of the relay's deposit back; by the owner.
    /// @param paymentToken In which token.
    /// @param amount How much, in base units.
    /// @param to Who receives it.
    function withdrawPayment(address paymentToken, uint256 amount, address to) external onlyOwner {
        _withdrawPayment(paymentToken, amount, to);
    }

    /// @notice Lets somebody commit and record for the relay; by the owner. See IEmissionsRegistry.setReporter.
    /// @param reporter Who.
    /// @param approved Whether.
    function setReporter(address reporter, bool approved) external onlyOwner {
        _setReporter(reporter, approved);
    }

    /// @notice ERC-1155: hands tokens on that the collection minted to its caller.
    /// @param from Zero, as of any token that is minted.
    /// @param tokenId The token.
    /// @param amount How many.
    /// @param data Handed on.
    /// @return The selector that accepts the transfer.
    function onERC1155Received(
        address,
        address from,
        uint256 tokenId,
        uint256 amount,
        bytes memory data
    ) public override returns (bytes4) {
        address minter = _requireMint(from);
        IERC1155(collection).safeTransferFrom(address(this), minter, tokenId, amount, data);
        return this.onERC1155Received.selector;
    }

    /// @notice ERC-1155: hands tokens on that the collection minted to its caller.
    /// @param from Zero, as of any token that is minted.
    /// @param tokenIds The tokens.
    /// @param amounts How many of each.
    /// @param data Handed on.
    /// @return The selector that accepts the transfer.
    function onERC1155BatchReceived(
        address,
        address from,
        uint256[] memory tokenIds,
        uint256[] memory amounts,
        bytes memory data
    ) public override returns (bytes4) {
        address minter = _requireMint(from);
        IERC1155(collection).safeBatchTransferFrom(address(this), minter, tokenIds, amounts, data);
        return this.onERC1155BatchReceived.selector;
    }

    function _requireMint(address from) private view returns (address minter) {
        minter = _minter;
        if (msg.sender != collection || minter == NOBODY || from != address(0)) revert NotFromMint(msg.sender);
    }

    /// @dev How many ERC-721 tokens the relay has; an ERC-1155 collection has no such function, and always tells.
    function _tokens() private view returns (uint256 count) {
        // A call that is allowed to fail.
        // solhint-disable-next-line avoid-low-level-calls
        (bool answered, bytes memory answer) = collection.staticcall(
            abi.encodeCall(IERC721.balanceOf, (address(this)))
        );
        if (answered && answer.length == 32) count = abi.decode(answer, (uint256));
    }

    /// @dev Whether a function of ERC-721 or ERC-1155 moves tokens, or allows somebody to.
    function _moves(bytes4 selector) private pure returns (bool) {
        return
            selector == IERC721.transferFrom.selector ||
            selector == bytes4(keccak256("safeTransferFrom(address,address,uint256)")) ||
            selector == bytes4(keccak256("safeTransferFrom(address,address,uint256,bytes)")) ||
            selector == IERC721.approve.selector ||
            selector == IERC721.setApprovalForAll.selector ||
            selector == IERC1155.safeTransferFrom.selector ||
            selector == IERC1155.safeBatchTransferFrom.selector;
    }
}
