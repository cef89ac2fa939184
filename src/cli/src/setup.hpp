// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"
#include "session.hpp"

namespace oakum::cli {

// What the guided first start is told by options; what is not is asked for, unless `yes`.
struct Setup {
    std::string welcome = "/var/lib/oakum/first-sign-in"; // what oakumd left for its first person
    std::string one_time, feeds, devices;
    int enrol = -1; // devices that may enrol
    bool yes = false, password_stdin = false;
};

// From the first start of a server to devices that are assessed: sign in, password, advisories, devices,
// enrolment; each step that is done already is passed over, so it may be run again. Ends with what is left to
// do.
base::Status set_up(const Session& session, Setup setup);

struct Welcome {
    std::string server, token, fingerprint;
};
// What oakumd says at its first start; parts that are not there are empty.
Welcome read_welcome(std::string_view text);

} // namespace oakum::cli
