// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <apple/phone.hpp>
#include <base/bytes.hpp>

#include <string>

namespace oakum::apple_messages {

// As the phone reads it. `declared`: the tokens, as JSON, of what is declared; for that kind of command.
std::string write_command(const apple::Command& command, const apple::Phone& phone,
                          std::string_view declared = {});

} // namespace oakum::apple_messages
