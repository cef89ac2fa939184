// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples.hpp"

namespace oakum::api::test {

struct Asked {
    std::vector<std::string> calls;
    std::vector<base::Id128> scope; // of the actor that came last
    void note(const access::Actor& actor, std::string call) {
        calls.push_back(std::move(call));
        scope = actor.scope;
    }
};

template <class T> Page<T> page_of(T item) {
    Page<T> page;
    page.items.push_back(std::move(item));
    page.next = "after this";
    page.total = 2;
    return page;
}

} // namespace oakum::api::test
