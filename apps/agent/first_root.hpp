// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace oakum::agent {

// Where a device's root of trust comes from when it is enrolled.
enum class RootFrom { here, file, server };

// The root that a device begins with, or goes on with. A server that is asked again is believed no more than
// at any other time: what it sends does not take the place of a root that is here, since it need not come
// from that one; devices follow newer roots by themselves, each signed by the one before.
struct FirstRoot {
    std::string text;
    bool anew = false; // all that was trusted before is forgotten
    std::string note;  // for the person; empty: nothing to say
};
// `kept`: what is in the device's folder; `served`: what the server sent; `pinned`: a file that the person
// named, with RootFrom::file. Errors: denied (the server has another root of trust than this device), corrupt
// (the one that is here cannot be used), invalid (the file), each with what to do.
base::Result<FirstRoot> first_root(RootFrom from, const std::optional<std::string>& kept,
                                   const std::string& served, const std::string& pinned, base::TimePoint now);

} // namespace oakum::agent
