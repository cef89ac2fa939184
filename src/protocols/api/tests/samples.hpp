// SPDX-License-Identifier: Apache-2.0
#pragma once

// One value of each type that the API answers: everything filled in, so that each member is written once.
#include "samples_advisories.hpp"
#include "samples_devices.hpp"
#include "samples_plans.hpp"
#include "samples_releases.hpp"
#include "samples_risk.hpp"
#include "samples_server.hpp"
#include "samples_settings.hpp"
#include "samples_shared.hpp"
