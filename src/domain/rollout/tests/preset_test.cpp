// SPDX-License-Identifier: Apache-2.0
#include <rollout/place.hpp>
#include <rollout/preset.hpp>

#include <doctest/doctest.h>

using namespace oakum::rollout;

TEST_CASE("each word stands for a whole plan, and urgency tolerates no more than normal does") {
    for (const Care care : {Care::careful, Care::normal, Care::urgent}) {
        Plan plan = preset(care);
        plan.name = "spring";
        plan.release = *ReleaseId::parse("01jd2m6c7g3v8x0w5n4t9r1k2p");
        CHECK(check(plan).ok());
        CHECK(plan.waves.back().share_ppm == kWhole);
        for (const Wave& wave : plan.waves)
            CHECK(wave.gate.tolerated_failure_ppm <=
                  preset(Care::normal).waves.front().gate.tolerated_failure_ppm);
    }
    Plan lab = preset(Care::careful);
    lab.name = "spring";
    lab.release = *ReleaseId::parse("01jd2m6c7g3v8x0w5n4t9r1k2p");
    lab.waves.insert(lab.waves.begin(), first_wave("tag.ring = lab", lab));
    CHECK(check(lab).ok());
    CHECK(lab.waves[0].gate.tolerated_failure_ppm == lab.waves[1].gate.tolerated_failure_ppm);
    CHECK(preset(Care::careful).waves.front().gate.tolerated_failure_ppm <
          preset(Care::normal).waves.front().gate.tolerated_failure_ppm);
    CHECK(preset(Care::urgent).soak < preset(Care::normal).soak);
    CHECK(preset(Care::normal).soak < preset(Care::careful).soak);
}
