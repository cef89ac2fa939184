// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using cli::test::World;

TEST_CASE("versions are compared line by line, and what cannot be read is an error in its place") {
    World world;
    world.input = {"1.0-1\t1.0-2", "2:1.0\t1.9", "1.0\t1.0\r", "1.0", "1.0\t", "a\tb\tc"};
    CHECK(cli::run({"version", "compare", "deb"}, world.console) == 0);
    CHECK(world.out == "-1\n1\n0\nerror\nerror\nerror\n");
    CHECK(world.err.find("line 4: a line has two fields") != std::string::npos);
    CHECK(world.asked.empty());
}

TEST_CASE("two versions on the command line are one question, and an error ends with a status") {
    World world;
    CHECK(cli::run({"version", "compare", "semver", "1.9.0", "1.10.0"}, world.console) == 0);
    CHECK(world.out == "-1\n");
    world.out.clear();
    CHECK(cli::run({"version", "compare", "semver", "latest", "1.10.0"}, world.console) == 1);
    CHECK(world.out == "error\n");
    CHECK(cli::run({"version", "compare", "roman", "I", "II"}, world.console) == 3);
    CHECK(world.err.find("there are semver, deb, rpm, apk") != std::string::npos);
}

TEST_CASE("a vector is scored, with the overall score where it has more than the base metrics") {
    World world;
    world.input = {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                   "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U",
                   "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U",
                   "AV:N/AC:L/Au:N/C:N/I:N/A:C", "CVSS:3.1/AV:N"};
    CHECK(cli::run({"cvss", "score"}, world.console) == 0);
    CHECK(world.out == "9.8\n9.8\t9.0\n9.3\t8.1\n7.8\nerror\n");
    CHECK(world.err.find("line 5: ") != std::string::npos);
}

TEST_CASE("criteria cover names that they are equal to or a superset of") {
    World world;
    world.input = {
        "cpe:2.3:a:busybox:busybox:*:*:*:*:*:*:*:*\tcpe:2.3:a:busybox:busybox:1.36.0:*:*:*:*:*:*:*",
        "cpe:2.3:a:busybox:busybox:1.35.0:*:*:*:*:*:*:*\tcpe:2.3:a:busybox:busybox:1.36.0:*:*:*:*:*:*:*",
        "cpe:2.3:a:busybox\tcpe:2.3:zz", "nothing"};
    CHECK(cli::run({"cpe", "match"}, world.console) == 0);
    CHECK(world.out == "match\nno match\nerror\nerror\n");
}

TEST_CASE("a decision table answers words, lines and several spellings") {
    World world;
    CHECK(cli::run({"ssvc", "deployer", "active", "open", "yes", "very high"}, world.console) == 0);
    CHECK(world.out == "immediate\n");
    world.out.clear();
    world.input = {"yes,no,yes,total", "no no no partial", "perhaps"};
    CHECK(cli::run({"ssvc", "bod-26-04"}, world.console) == 0);
    CHECK(world.out == "3 days & forensic investigation\nfix on system upgrade\nerror\n");
    CHECK(world.err.find("it is one of no, yes") != std::string::npos);
    CHECK(cli::run({"ssvc", "tarot"}, world.console) == 3);
}

TEST_CASE("a gate is studied without a server, and a rate that is none is refused") {
    World world;
    const std::vector<std::string> words{"rollout",     "gate-study", "--alpha",     "0.01", "--beta", "0.05",
                                         "--tolerated", "0.05",       "--true-rate", "0.3",  "--runs", "500",
                                         "--devices",   "1000",       "-o",          "json"};
    CHECK(cli::run(words, world.console) == 0);
    CHECK(world.out.starts_with(
        "{\"halted\":500,\"proceeded\":0,\"undecided\":0,\"median_devices_at_decision\":"));
    world.out.clear();
    CHECK(cli::run({"rollout", "gate-study", "--runs", "50", "--devices", "100"}, world.console) == 0);
    CHECK(world.out.find("this gate") != std::string::npos);
    CHECK(world.out.find("more than 5 % of at least 20") != std::string::npos);
    CHECK(cli::run({"rollout", "gate-study", "--tolerated", "5"}, world.console) == 1);
    CHECK(world.err.find("like 0.05 for 5 %") != std::string::npos);
}
