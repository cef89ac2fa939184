// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

namespace oakum::cli {

struct NewChannel {
    std::string name, kind, pace, address, account, sender;
    std::vector<std::string> recipients;
    bool address_stdin = false, secret_stdin = false;
};
// Secrets come from standard input, never from the command line, which others on the machine can read.
base::Status add_channel(const Flow& flow, const NewChannel& channel);
// What is not given stays.
base::Status change_channel(const Flow& flow, const std::string& channel, const NewChannel& patch);
// Says what became of a test message; one that did not arrive is an error.
base::Status test_channel(const Flow& flow, const std::string& channel);

} // namespace oakum::cli
