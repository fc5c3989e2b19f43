//! LNQ: ERC-20, ERC-2612 permit, ERC-5267 domain, ERC-6093 errors.

use alloy_sol_types::sol;

sol! {
    /// LNQ, the token of the marketplace: fixed supply, no owner, no hooks, no pause.
    #[derive(Debug, PartialEq, Eq)]
    interface ILnqToken {
        event Transfer(address indexed from, address indexed to, uint256 value);
        event Approval(address indexed owner, address indexed spender, uint256 value);

        /// `sender` holds `balance`, less than the `needed` it wants to send.
        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
        error ERC20InvalidSender(address sender);
        /// The zero address and the token itself cannot receive.
        error ERC20InvalidReceiver(address receiver);
        error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
        error ERC20InvalidSpender(address spender);
        error ERC2612ExpiredSignature(uint256 deadline);
        error ERC2612InvalidSigner(address signer, address owner);
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
        function nonces(address owner) external view returns (uint256);
        function DOMAIN_SEPARATOR() external view returns (bytes32);
        function eip712Domain() external view returns (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] memory extensions);
    }
}
