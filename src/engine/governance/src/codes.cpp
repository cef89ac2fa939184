// SPDX-License-Identifier: Apache-2.0
#include "codes.hpp"

#include <access/totp.hpp>
#include <governance/secrets.hpp>

#include <algorithm>

namespace oakum::governance {

base::Error wrong_code() {
    return base::unauthenticated("the code is wrong, or was used already").at("/code");
}

base::Status use_code(ports::UserRow& user, std::string_view code, base::TimePoint now,
                      ports::Sealer& sealer) {
    if (access::is_totp_code(code)) {
        TRY_VALUE(const base::Bytes secret, sealer.open(user.totp, purpose_of(user.id)));
        const auto step = access::totp_match(secret, code, now, user.totp_step);
        if (!step) return wrong_code();
        user.totp_step = *step;
        return {};
    }
    const auto found = std::ranges::find(user.recovery, digest_of(access::recovery_core(code)).hex());
    if (found == user.recovery.end()) return wrong_code();
    user.recovery.erase(found);
    return {};
}

} // namespace oakum::governance
