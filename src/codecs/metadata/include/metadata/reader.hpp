// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/reader.hpp>

namespace oakum::metadata {

// Reads TUF metadata in JSON (docs/pouf.md): strict, bounded, errors with the place as a JSON pointer. A key
// of an unknown type or a damaged one does not refuse the document: it just never counts.
class JsonReader final : public trust::Reader {
  public:
    base::Result<trust::Signed<trust::Root>> root(base::ByteView bytes) const override;
    base::Result<trust::Signed<trust::Timestamp>> timestamp(base::ByteView bytes) const override;
    base::Result<trust::Signed<trust::Snapshot>> snapshot(base::ByteView bytes) const override;
    base::Result<trust::Signed<trust::Targets>> targets(base::ByteView bytes) const override;
    base::Result<trust::Signed<trust::Order>> order(base::ByteView bytes) const override;
};

} // namespace oakum::metadata
