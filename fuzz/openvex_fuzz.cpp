// LINK: codecs_openvex
// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <openvex/document.hpp>

#include <cstdlib>

// A vendor's statements, from anywhere.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const auto read = openvex::parse(base::as_text(base::ByteView(data, size)));
    if (!read.ok()) return 0;
    std::vector<component::Component> components(1);
    component::Component& component = components.front();
    component.name = "busybox";
    component.purl = "pkg:apk/alpine/busybox@1.36.1";
    const openvex::Subjects subjects(components);
    for (const openvex::Statement& statement : *read) {
        if (statement.vulnerabilities.empty() || statement.about.size() > openvex::most_about + 1)
            std::abort();
        for (const std::string& about : statement.about)
            if (subjects.named_by(about).size() > components.size()) std::abort();
    }
    return 0;
}
