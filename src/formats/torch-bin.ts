/** PyTorch's checkpoint files (`.bin`, `.pt`, `.pth`): tensors only, read without running what the file says. */
export { convertTorchFile, type TorchConversion } from './torch-bin/convert.ts';
export { openTorchFile, TorchFile, type TorchTensor } from './torch-bin/open.ts';
