// SPDX-License-Identifier: Apache-2.0

// The vault: scopes, tokens, the store protocol, MemoryStore.
//
// Most programs import this module alone: facts about cards and the keyring come with it.
@_exported public import CardData
@_exported public import CardKeys
