// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/order.hpp>

namespace oakum::trust {

// How bytes become documents; the codec of the wire format implements it. Pure. A document is returned only
// when it is well formed, of the type asked for and within the limits. Errors: invalid, too_large.
class Reader {
  public:
    virtual ~Reader() = default;
    virtual base::Result<Signed<Root>> root(base::ByteView bytes) const = 0;
    virtual base::Result<Signed<Timestamp>> timestamp(base::ByteView bytes) const = 0;
    virtual base::Result<Signed<Snapshot>> snapshot(base::ByteView bytes) const = 0;
    virtual base::Result<Signed<Targets>> targets(base::ByteView bytes) const = 0;
    virtual base::Result<Signed<Order>> order(base::ByteView bytes) const = 0;
};

} // namespace oakum::trust
