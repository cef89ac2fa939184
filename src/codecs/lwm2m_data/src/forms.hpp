// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lwm2m_data/records.hpp>

namespace oakum::lwm2m_data {

base::Result<std::vector<Record>> read_tlv(std::string_view bytes, const Path& asked);
base::Result<std::vector<Record>> read_senml_json(std::string_view text, const Path& asked);
base::Result<std::vector<Record>> read_senml_cbor(std::string_view bytes, const Path& asked);

} // namespace oakum::lwm2m_data
