// SPDX-License-Identifier: Apache-2.0

// The embedded store: sealed records in one SQLite file, shared by the processes of a machine.
