// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/offers.hpp>
#include <wire/native.hpp>

namespace oakum::native {

// What is asked of a device, as it is told on the network and in a folder that is carried to it.
wire::Offer offer_of(fleet::OfferView offer);

} // namespace oakum::native
