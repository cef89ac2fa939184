// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <string>
#include <utility>
#include <vector>

namespace oakum::ports {

// Asks the identity provider. Blocking; never called from the writer's thread. Addresses come from the
// settings and from what the provider at those addresses says; no redirect is followed.
class ProviderHttp {
  public:
    virtual ~ProviderHttp() = default;
    struct Answer {
        int status = 0;
        std::string body;
        std::string date = {}; // as its clock says (the header); empty: not said
    };
    // `form`: sent as application/x-www-form-urlencoded by POST; empty: GET. Errors: unavailable, invalid
    // (the address), too_large, denied (its certificate is not trusted).
    virtual base::Result<Answer> ask(const std::string& url,
                                     const std::vector<std::pair<std::string, std::string>>& form,
                                     const std::string& basic_user, const std::string& basic_password) = 0;
};

} // namespace oakum::ports
