// A marketplace that uses ethers and nothing of ours: lists credits, buys and retires some, mints, and reads the
// certificate. What it needs comes as JSON on standard input, and what it saw goes to standard output.
import { readFileSync } from "node:fs";
import { JsonRpcProvider, Contract } from "ethers";

const given = JSON.parse(readFileSync(0, "utf8"));
const provider = new JsonRpcProvider(given.rpc, undefined, { batchMaxCount: 1, cacheTimeout: -1 });
const holder = await provider.getSigner(given.holder);
const buyer = await provider.getSigner(given.buyer);

function contract(name, signer) {
  const { address, abi } = given.contracts[name];
  return new Contract(address, abi, signer);
}

async function mined(transaction) {
  return (await transaction).wait();
}

function event(receipt, of, name) {
  for (const log of receipt.logs) {
    const parsed = log.address === of.target ? of.interface.parseLog(log) : null;
    if (parsed?.name === name) return parsed.args;
  }
  throw new Error(`no ${name} in ${receipt.hash}`);
}

const market = contract("CreditMarket", holder);
const money = contract("PaymentToken", buyer);
const certificates = contract("RetirementCertificates", provider);
const collection = contract("Collection", buyer);

await mined(contract("CarbonCredits", holder).setApprovalForAll(market.target, true));
const listed = await mined(
  market.list(given.tokenId, given.units, money.target, given.pricePerTonne, 0),
);
const { listingId } = event(listed, market, "Listed");

const bought = BigInt(given.units) / 2n;
const cost = await market.costOf(bought, given.pricePerTonne);
await mined(money.approve(market.target, cost));
const details = {
  payer: given.buyer,
  beneficiaryName: "Marketplace by ethers",
  purpose: "Mints of 2026",
  place: "",
  periodStart: 0,
  periodEnd: 0,
};
const sold = await mined(
  market.connect(buyer).buyAndRetire(listingId, bought, given.buyer, details, true, cost),
);
const { retirementId } = event(sold, market, "Sold");

const minted = await mined(collection.mint(1, "0x"));
const registry = contract("EmissionsRegistry", provider);
const recorded = event(minted, registry, "EmissionsRecorded");

const uri = await certificates.tokenURI(retirementId);
const [head, body] = uri.split(",");
const certificate = JSON.parse(head.endsWith("base64") ? atob(body) : decodeURIComponent(body));
const seen = {
  listingId,
  retirementId,
  cost,
  owner: await certificates.ownerOf(retirementId),
  certificate: { name: certificate.name, attributes: certificate.attributes },
  gasRecorded: recorded.gasUsed,
  gasUsed: minted.gasUsed,
};
console.log(JSON.stringify(seen, (_, value) => (typeof value === "bigint" ? `${value}` : value)));
provider.destroy();
