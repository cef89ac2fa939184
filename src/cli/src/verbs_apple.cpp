// SPDX-License-Identifier: Apache-2.0
#include "verb_rows.hpp"

namespace oakum::cli {

using enum Format;
using ports::Method;

std::vector<Verb> apple_verbs() {
    return {
        {"apple",
         "show",
         Method::get,
         "/api/v1/apple",
         Shape::object,
         "how the management of Apple's devices runs",
         {},
         {{"on", "/on", flag},
          {"said", "/sentence"},
          {"phones", "/phones", integer},
          {"address", "/address", id},
          {"push topic", "/topic", text, kOnlyWhenThere},
          {"push certificate ends", "/push_expires", time, kOnlyWhenThere}}},
        {"apple",
         "list",
         Method::get,
         "/api/v1/apple/phones",
         Shape::page,
         "phones that Oakum itself manages, what waits for them and what they answered",
         {},
         {{"DEVICE", "/device/name"},
          {"MODEL", "/device/model", text, 2},
          {"STATE", "/state"},
          {"SINCE", "/since", time},
          {"PERSONAL", "/personal", flag, 3},
          {"ASKED", "/asked", time},
          {"CERTIFICATE ENDS", "/certificate_expires", time, 1}}},
        {"apple",
         "ask",
         Method::post,
         "/api/v1/apple/phones/{id}/actions/ask",
         Shape::nothing,
         "ask a phone for everything when it speaks next",
         {named("device")},
         {}},
        {"apple",
         "release",
         Method::post,
         "/api/v1/apple/phones/{id}/actions/release",
         Shape::nothing,
         "ask a phone to take its profile away, with which it leaves; nothing else of it is erased",
         {named("device")},
         {}},
    };
}

} // namespace oakum::cli
