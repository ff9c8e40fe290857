import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/tables.css";
import "./styles/task.css";
import "./styles/charts.css";
import "./styles/compare.css";
import "./styles/lists.css";

import { render } from "preact";

import { startChanges } from "./state/changes";
import { startClock } from "./state/clock";
import { startLocation } from "./state/location";
import { startShortcuts } from "./state/shortcuts";
import { startTheme } from "./state/theme";
import { App } from "./views/app";

startClock();
startChanges();
startLocation();
startShortcuts();
startTheme();
const root = document.getElementById("app");
if (root) render(<App />, root);
