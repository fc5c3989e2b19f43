//! LNQ: ERC-20, ERC-2612 permit, ERC-5267 domain, ERC-5805 votes, ERC-6093 errors.

use alloy_sol_types::sol;

sol! {
    /// LNQ, the token of the marketplace: fixed supply, no owner, no hooks, no pause.
    #[derive(Debug, PartialEq, Eq)]
    interface ILnqToken {
        event Transfer(address indexed from, address indexed to, uint256 value);
        event Approval(address indexed owner, address indexed spender, uint256 value);
        /// `delegator`'s units count for `toDelegate` from now on, and no longer for `fromDelegate`; zero stands for nobody.
        event DelegateChanged(address indexed delegator, address indexed fromDelegate, address indexed toDelegate);
        event DelegateVotesChanged(address indexed delegate, uint256 previousVotes, uint256 newVotes);

        /// `sender` holds `balance`, less than the `needed` it wants to send.
        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
        /// An allowance of the zero address can be neither set nor used.
        error ERC20InvalidApprover(address approver);
        /// The zero address and the token itself cannot receive.
        error ERC20InvalidReceiver(address receiver);
        error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
        error ERC20InvalidSpender(address spender);
        error ERC2612ExpiredSignature(uint256 deadline);
        error ERC2612InvalidSigner(address signer, address owner);
        /// No key made this signature.
        error ECDSAInvalidSignature();
        /// A signature of an account without code has 65 bytes.
        error ECDSAInvalidSignatureLength(uint256 length);
        /// Of the two forms of a signature only the one with the lower `s` counts.
        error ECDSAInvalidSignatureS(bytes32 s);
        /// The nonce that was signed over is not the account's next, `currentNonce`.
        error InvalidAccountNonce(address account, uint256 currentNonce);
        error VotesExpiredSignature(uint256 expiry);
        /// `signer` signed, or nobody, in the name of `delegator`.
        error VotesInvalidSigner(address signer, address delegator);
        /// Only what is past is fixed: `timepoint` is not before `clock`.
        error ERC5805FutureLookup(uint256 timepoint, uint48 clock);
        /// There are only `length` checkpoints.
        error VotesNoCheckpoint(uint256 index, uint256 length);
        /// The constructor was given another number of amounts than of holders, or too many.
        error LnqBadHolders(uint256 holders, uint256 amounts);
        /// The constructor was given amounts that do not add up to the fixed supply.
        error LnqBadAllocation(uint256 given, uint256 supply);

        function name() external pure returns (string memory);
        function symbol() external pure returns (string memory);
        function decimals() external pure returns (uint8);
        function totalSupply() external view returns (uint256);
        function totalBurned() external view returns (uint256);
        function balanceOf(address account) external view returns (uint256);
        function allowance(address owner, address spender) external view returns (uint256);
        function transfer(address to, uint256 value) external returns (bool);
        function approve(address spender, uint256 value) external returns (bool);
        function transferFrom(address from, address to, uint256 value) external returns (bool);
        function burn(uint256 value) external;
        function burnFrom(address account, uint256 value) external;

        function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
        /// The same with any signature that `owner` accepts: 65 bytes of a key, or whatever its contract knows by ERC-1271.
        function permit(address owner, address spender, uint256 value, uint256 deadline, bytes memory signature) external;
        function nonces(address owner) external view returns (uint256);
        function DOMAIN_SEPARATOR() external view returns (bytes32);
        function eip712Domain() external view returns (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] memory extensions);

        function clock() external view returns (uint48);
        function CLOCK_MODE() external pure returns (string memory);
        function getVotes(address account) external view returns (uint256);
        function getPastVotes(address account, uint256 timepoint) external view returns (uint256);
        function getPastTotalSupply(uint256 timepoint) external view returns (uint256);
        function delegates(address account) external view returns (address);
        function delegate(address delegatee) external;
        function delegateBySig(address delegatee, uint256 nonce, uint256 expiry, uint8 v, bytes32 r, bytes32 s) external;
        /// The same with any signature that `delegator` accepts, as of a permit.
        function delegateBySig(address delegator, address delegatee, uint256 nonce, uint256 expiry, bytes memory signature) external;
        function numCheckpoints(address account) external view returns (uint32);
        /// Since second `since` the votes of `account` were `votes`, until its next checkpoint.
        function checkpoints(address account, uint32 index) external view returns (uint48 since, uint208 votes);

        function supportsInterface(bytes4 interfaceId) external pure returns (bool);
    }
}
