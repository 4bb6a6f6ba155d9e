// What ox makes of ERC-8021 suffixes, as JSON: `decode` takes lines of hexadecimal data, `encode` lines of attributions.
const { Attribution } = require('ox/erc8021')
const { readFileSync } = require('node:fs')

const bytesAsHex = (_, value) =>
  value instanceof Uint8Array ? `0x${Buffer.from(value).toString('hex')}` : value

const lines = readFileSync(0, 'utf8').split('\n').filter(Boolean)
for (const line of lines) {
  if (process.argv[2] === 'encode') {
    console.log(JSON.stringify(Attribution.toDataSuffix(JSON.parse(line))))
  } else {
    console.log(JSON.stringify(Attribution.fromData(line) ?? null, bytesAsHex))
  }
}
