"""web3.py 7 against the node: python web3_test.py NODE-BINARY."""

import json
import pathlib
import subprocess
import sys
import unittest

from web3 import Web3
from web3.exceptions import ContractCustomError
from web3.logs import DISCARD
from web3.middleware import SignAndSendRawMiddlewareBuilder

ROOT = pathlib.Path(__file__).resolve().parents[2]
STYLUS_DEPLOYER = "0xcEcba2F1DC234f70Dd89F2041029807F8D03A990"
CONSTRUCTOR = bytes.fromhex("5585258d")
SUPPLY = 10**27
BOB = Web3.to_checksum_address("0x00000000000000000000000000000000000c0de1")
ZERO = "0x" + "00" * 20

DEPLOYER_ABI = [
    {
        "type": "function", "name": "deploy", "stateMutability": "payable",
        "inputs": [{"name": name, "type": kind} for name, kind in [
            ("bytecode", "bytes"), ("initData", "bytes"), ("initValue", "uint256"), ("salt", "bytes32")]],
        "outputs": [{"name": "", "type": "address"}],
    },
    {"type": "event", "name": "ContractDeployed", "anonymous": False,
     "inputs": [{"name": "deployedContract", "type": "address", "indexed": False}]},
]


class Node:
    """The node on a free port."""

    def __init__(self, binary):
        self.process = subprocess.Popen([binary, "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.process.stdout.close()


class Token(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = Node(BINARY)
        cls.web3 = Web3(Web3.HTTPProvider(cls.node.ready["url"]))
        account = cls.web3.eth.account.from_key(cls.node.ready["accounts"][1]["privateKey"])
        cls.web3.middleware_onion.inject(SignAndSendRawMiddlewareBuilder.build(account), layer=0)
        cls.web3.eth.default_account = account.address
        cls.owner = account.address
        cls.token = cls.deploy()

    @classmethod
    def tearDownClass(cls):
        cls.node.stop()

    @classmethod
    def deploy(cls):
        program = (ROOT / "target/contracts/lnq-token.code").read_bytes()
        init_code = b"\x7f" + len(program).to_bytes(32, "big") + bytes.fromhex("80602b6000396000f300") + program
        arguments = cls.web3.codec.encode(["address[]", "uint256[]"], [[cls.owner], [SUPPLY]])
        deployer = cls.web3.eth.contract(STYLUS_DEPLOYER, abi=DEPLOYER_ABI)
        call = deployer.functions.deploy(init_code, CONSTRUCTOR + arguments, 0, bytes(32))
        receipt = cls.web3.eth.wait_for_transaction_receipt(call.transact({"value": 10**17}), poll_latency=0.02)
        (deployed,) = deployer.events.ContractDeployed().process_receipt(receipt, errors=DISCARD)
        abi = json.loads((ROOT / "abi/json/lnq-token.json").read_text())
        return cls.web3.eth.contract(deployed["args"]["deployedContract"], abi=abi)

    def test_a_transfer_is_sent_and_found_in_a_log(self):
        before = self.token.functions.balanceOf(BOB).call()
        hash = self.token.functions.transfer(BOB, 5).transact()
        receipt = self.web3.eth.wait_for_transaction_receipt(hash, poll_latency=0.02)
        self.assertEqual((receipt["status"], self.token.functions.balanceOf(BOB).call()), (1, before + 5))
        (log,) = self.token.events.Transfer().get_logs(from_block=receipt["blockNumber"])
        self.assertEqual(dict(log["args"]), {"from": self.owner, "to": BOB, "value": 5})
        self.assertEqual(self.web3.eth.get_transaction(hash)["hash"], hash)

    def test_a_refusal_carries_the_data_of_the_error(self):
        with self.assertRaises(ContractCustomError) as refused:
            self.token.functions.transfer(ZERO, 1).call()
        self.assertTrue(refused.exception.data.startswith("0xec442f05"))

    def test_chain_blocks_fees_and_accounts_are_read(self):
        eth = self.web3.eth
        self.assertEqual((eth.chain_id, self.web3.net.version), (412346, "412346"))
        block = eth.get_block("latest")
        self.assertEqual(eth.get_block(block["hash"])["number"], block["number"])
        self.assertEqual(len(eth.fee_history(1, "latest", [20])["baseFeePerGas"]), 2)
        self.assertGreater(eth.get_balance(self.owner), 0)
        self.assertTrue(bytes(eth.get_code(self.token.address)).startswith(b"\xef\xf0\x00"))
        self.assertTrue(self.web3.client_version.startswith("nitro-devnode/"))

    def test_slots_are_proven_and_calls_given_access_lists(self):
        proof = self.web3.eth.get_proof(self.token.address, [0])
        self.assertEqual(len(proof["storageProof"]), 1)
        call = self.token.functions.totalSupply().build_transaction({"gas": 100_000})
        accessed = self.web3.eth.create_access_list(call)["accessList"]
        self.assertIn(self.token.address, [item["address"] for item in accessed])

    def test_a_filter_tells_of_a_transfer(self):
        events = self.token.events.Transfer().create_filter(from_block="latest")
        self.token.functions.transfer(BOB, 1).transact()
        self.assertEqual([entry["args"]["value"] for entry in events.get_new_entries()], [1])

    def test_transactions_are_traced(self):
        hash = self.token.functions.transfer(BOB, 1).transact()
        answer = self.web3.provider.make_request("debug_traceTransaction", [hash.to_0x_hex(), {"tracer": "callTracer"}])
        self.assertEqual(answer["result"]["to"], self.token.address.lower())


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
