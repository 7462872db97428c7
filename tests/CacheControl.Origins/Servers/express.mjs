// The common express site: compression, then static files. Arguments: the folder of the packages, the site, the port.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [packages, site, port] = process.argv.slice(2);
const require = createRequire(join(packages, 'package.json'));
const express = require('express');
const app = express();
app.use(require('compression')());
app.use(express.static(site, { maxAge: '1h' }));
app.listen(Number(port), '127.0.0.1');
