// SPDX-License-Identifier: Apache-2.0

// Which key, since when, who may open it: keyring, its file, states, slots.
