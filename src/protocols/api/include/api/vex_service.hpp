// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <ports/rows.hpp>

namespace oakum::api {

enum class VexFormat : std::uint8_t { openvex, cyclonedx };
struct VexRequest {
    VexFormat format = VexFormat::openvex;
    std::string advisory; // empty: all
    std::optional<ports::ReleaseId> release;
    std::string query; // the devices whose software it is about; empty: all in scope
};

// What is said of vulnerabilities in the software here, as a document for others. Errors: invalid,
// not_found, too_large.
class VexService {
  public:
    virtual ~VexService() = default;
    virtual void document(const access::Actor& actor, VexRequest request, Answer<std::string> answer) = 0;
};

} // namespace oakum::api
