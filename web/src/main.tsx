import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/tables.css";
import "./styles/task.css";
import "./styles/charts.css";
import "./styles/compare.css";

import { render } from "preact";

import { startClock } from "./state/clock";
import { startLocation } from "./state/location";
import { App } from "./views/app";

startClock();
startLocation();
const root = document.getElementById("app");
if (root) render(<App />, root);
