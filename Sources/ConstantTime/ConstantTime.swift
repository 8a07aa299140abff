// SPDX-License-Identifier: Apache-2.0

// Compare core, depends on nothing.
//
// What it promises: in the machine code of the builds that the project checks, no jump and no
// address depends on the bytes compared. What it cannot promise: that another compiler, another
// flag or another processor keeps it so. Swift has no way to ask for constant time; the project
// reads the result instead.
