/** onebit/node: data sets, files and run folders of hosts that have a file system.
 *
 *  @module onebit/node */

export {
  dataSetNames,
  dataSpecForms,
  type LoadDataSetOptions,
  loadDataSet,
  type NamedDataSet,
  namedDataSets,
} from "./node/data-sets.ts";
export { type Content, writeAtomic, writeTogether } from "./node/files.ts";
export { loadIdxFolder } from "./node/idx-folder.ts";
export { type Extent, readBytes, readJson } from "./node/read.ts";
export {
  type RunFolder,
  type RunResult,
  readCheckpoint,
  readResult,
  readRunConfig,
  runFolder,
} from "./node/run-folder.ts";
