// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <intake/policy.hpp>
#include <json/value.hpp>
#include <json/writer.hpp>

namespace oakum::intake_files {

// As it is kept: only what differs from the rules when nobody decided. Empty text: nobody decided. Errors:
// invalid.
base::Result<intake::Policy> read_policy(std::string_view text);
std::string write_policy(const intake::Policy& policy);

// As people say one and are shown it; the name stands elsewhere. Errors: invalid, with its place.
base::Result<intake::Signer> read_signer(const json::Value& value, std::string name);
// The members alone, within an object; without the name.
void write_signer(json::Writer& writer, const intake::Signer& signer);

} // namespace oakum::intake_files
