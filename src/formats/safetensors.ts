/** The safetensors format (https://github.com/huggingface/safetensors): header, reading, writing. */
export {
  DTYPE_BYTES,
  type Dtype,
  parseHeader,
  type TensorEntry,
  type TensorFile,
} from './safetensors/header.ts';
export { openSafetensors, readEntry, readExactly, readTensor } from './safetensors/read.ts';
export { type TensorData, type TensorToWrite, writeSafetensors } from './safetensors/write.ts';
