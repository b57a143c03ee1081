using System.CommandLine;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Messaging;

namespace Hufu.Host.Commands;

/// <summary><c>hufu selftest</c>: the tests that also run at every start. Exit code 0 all passed, 1 something failed.</summary>
internal static class SelfTestCommand
{
    public static Command Create()
    {
        Option<string?> data = new("--data") { Description = "Also test the rooms' devices below this data directory; HUFU_DATA." };
        Command command = new("selftest", "Known answers of the kernel, the policy, and each room's keys.") { data };
        command.SetAction(parsed =>
        {
            List<SelfTestResult> results = [SelfTest.Kernel(), Policies()];
            if ((parsed.GetValue(data) ?? Environment.GetEnvironmentVariable("HUFU_DATA")) is { } directory)
            {
                results.AddRange(Rooms.All.Where(room => File.Exists(Path.Combine(directory, room, DevicePinFile.FileName))).SelectMany(room => Devices(room, Path.Combine(directory, room))));
            }

            foreach (SelfTestResult result in results)
            {
                (result.Passed ? parsed.InvocationConfiguration.Output : parsed.InvocationConfiguration.Error).WriteLine($"{(result.Passed ? "ok    " : "FAILED")} {result.Name}: {result.What}");
            }

            return results.All(result => result.Passed) ? 0 : 1;
        });
        return command;
    }

    private static SelfTestResult Policies()
    {
        try
        {
            return new SelfTestResult("policy", true, Policy.Load(Path.Combine(AppContext.BaseDirectory, "policy")).Digest);
        }
        catch (PolicyException fault)
        {
            return new SelfTestResult("policy", false, fault.Message);
        }
    }

    private static IEnumerable<SelfTestResult> Devices(string room, string directory)
    {
        RoomIdentity identity;
        try
        {
            identity = DevicePinFile.Open(room, directory);
        }
        catch (Exception fault) when (fault is DeviceException or IOException or UnauthorizedAccessException)
        {
            return [new SelfTestResult($"{room} device", false, fault.Message)];
        }

        using (identity)
        {
            return SelfTest.Of(identity);
        }
    }
}
