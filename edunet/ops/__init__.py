from edunet.ops.conv import conv1d, conv2d
