// Starts the suite's origin server. Two things it does not do by itself: it would listen on every
// interface (and serve files from its folder), and it would outlive a test host that is killed.
import net from 'node:net'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port) {
  return listen.call(this, { port: Number(port), host: '127.0.0.1' })
}

process.stdin.on('end', () => process.exit(0))
process.stdin.on('error', () => process.exit(0))
process.stdin.resume()

await import(pathToFileURL(process.argv[2]))
