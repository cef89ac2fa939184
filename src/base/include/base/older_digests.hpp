// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <memory>
#include <string>

namespace oakum::base {

// SHA-1 and MD5 in one go, for clients of older protocols that compare nothing better. They prove nothing
// here: what is trusted goes by SHA-256.
class OlderDigests {
  public:
    OlderDigests();
    ~OlderDigests();
    OlderDigests(const OlderDigests&) = delete;
    OlderDigests& operator=(const OlderDigests&) = delete;
    void update(ByteView bytes);
    struct Hex {
        std::string sha1, md5;
    };
    // Of what was fed; once.
    Hex finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::base
