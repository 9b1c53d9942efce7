require('dotenv').config({ path: `${__dirname}/.env`, quiet: true });

const path = require('node:path');
const express = require('express');
const helmet = require('helmet');
const cors = require('cors');
const morgan = require('morgan');
const compression = require('compression');
const cookieParser = require('cookie-parser');
const session = require('express-session');
const moment = require('moment');

const config = require('./lib/config');
const logger = require('./lib/logger');
const demo = require('./routes/demo');
const users = require('./routes/users');
const { VERSION } = require('./version');

const app = express();
const started = moment();

app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
app.use(cors());
app.use(morgan('tiny'));
app.use(compression());
app.use(cookieParser());
app.use(session({ secret: config.secret, resave: false, saveUninitialized: false }));
app.use(express.json());
app.use(express.static(path.join(__dirname, 'public'), { index: false }));

app.get('/', (req, res) => {
  res.type('text').send(`${config.greeting} from ${VERSION}\n`);
});

app.get('/health', (req, res) => {
  res.json({ version: VERSION, pid: process.pid, started: started.fromNow() });
});

app.use('/', demo);
app.use('/users', users);

app.use((error, req, res, _next) => {
  logger.error(error.stack);
  res.status(500).json({ error: error.message });
});

app.listen(config.port, () => logger.info(`${VERSION} listens on http://localhost:${config.port}`));
