namespace Hufu.Architecture.Tests.Checks;

/// <summary>The closed world: every project of the repository and the projects it may reference. A new project fails the tests until it is placed here.</summary>
internal static class ReferenceTable
{
    private static readonly string[] Kernel = ["Hufu.Crypto", "Hufu.Pki", "Hufu.Devices", "Hufu.Print"];
    private static readonly string[] WithoutDevices = ["Hufu.Crypto", "Hufu.Pki", "Hufu.Contracts"];
    private static readonly string[] Platform = ["Hufu.Records", "Hufu.Messaging", "Hufu.Governance", "Hufu.Hosting"];
    private static readonly string[] Modules = ["Hufu.Ca", "Hufu.Ra", "Hufu.Kmc", "Hufu.Ocsp", "Hufu.Tsa", "Hufu.Publishing", "Hufu.Portal"];
    private static readonly string[] Room = [.. WithoutDevices, "Hufu.Print", .. Platform];
    private static readonly string[] RoomWithKeys = [.. Room, "Hufu.Devices"];

    /// <summary>Project path → names of the projects that it may reference.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Allowed { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["src/Kernel/Hufu.Crypto/Hufu.Crypto.csproj"] = [],
        ["src/Kernel/Hufu.Pki/Hufu.Pki.csproj"] = ["Hufu.Crypto"],
        ["src/Kernel/Hufu.Devices/Hufu.Devices.csproj"] = ["Hufu.Crypto", "Hufu.Pki"],
        // Printed papers (PDF): paragraphs in, bytes out.
        ["src/Kernel/Hufu.Print/Hufu.Print.csproj"] = [],
        ["src/Contracts/Hufu.Contracts/Hufu.Contracts.csproj"] = ["Hufu.Crypto", "Hufu.Pki"],
        // Records holds the ledger's signing key, Messaging the role keys of a room: the only two of the platform that touch devices.
        ["src/Platform/Hufu.Records/Hufu.Records.csproj"] = [.. WithoutDevices, "Hufu.Devices"],
        ["src/Platform/Hufu.Messaging/Hufu.Messaging.csproj"] = [.. WithoutDevices, "Hufu.Devices", "Hufu.Records"],
        ["src/Platform/Hufu.Governance/Hufu.Governance.csproj"] = [.. WithoutDevices, "Hufu.Records"],
        ["src/Platform/Hufu.Hosting/Hufu.Hosting.csproj"] = [.. WithoutDevices, "Hufu.Print", "Hufu.Records", "Hufu.Messaging", "Hufu.Governance"],
        ["src/Modules/Hufu.Ca/Hufu.Ca.csproj"] = RoomWithKeys,
        ["src/Modules/Hufu.Kmc/Hufu.Kmc.csproj"] = RoomWithKeys,
        ["src/Modules/Hufu.Ocsp/Hufu.Ocsp.csproj"] = RoomWithKeys,
        ["src/Modules/Hufu.Tsa/Hufu.Tsa.csproj"] = RoomWithKeys,
        ["src/Modules/Hufu.Ra/Hufu.Ra.csproj"] = Room,
        ["src/Modules/Hufu.Publishing/Hufu.Publishing.csproj"] = Room,
        ["src/Modules/Hufu.Portal/Hufu.Portal.csproj"] = Room,
        // The demo speaks HTTP and sealed messages, as any customer would: it holds its people's tokens and sees no room from inside.
        ["src/Hosts/Hufu.Demo/Hufu.Demo.csproj"] = [.. Kernel, "Hufu.Contracts"],
        // The signing agent runs on people's machines: tokens and statements, nothing of the platform.
        ["src/Hosts/Hufu.Agent/Hufu.Agent.csproj"] = [.. Kernel, "Hufu.Contracts"],
        // Ceremonies run on a machine without a network: the kernel and files, nothing of the platform.
        ["src/Hosts/Hufu.Ceremony/Hufu.Ceremony.csproj"] = Kernel,
        ["src/Hosts/Hufu/Hufu.csproj"] = [.. Kernel, "Hufu.Contracts", .. Platform, .. Modules, "Hufu.Demo"],
        ["tests/Hufu.Testing/Hufu.Testing.csproj"] = [.. Kernel, "Hufu.Contracts", .. Platform],
        ["tests/Hufu.Architecture.Tests/Hufu.Architecture.Tests.csproj"] = ["Hufu.Contracts", "Hufu"],
        ["tests/Hufu.Kernel.Tests/Hufu.Kernel.Tests.csproj"] = [.. Kernel, "Hufu.Contracts", "Hufu.Ceremony"],
        ["tests/Hufu.Modules.Tests/Hufu.Modules.Tests.csproj"] = [.. Kernel, "Hufu.Contracts", .. Platform, .. Modules, "Hufu.Agent", "Hufu.Testing"],
        // The end-to-end tests play people with tokens: devices, as the demo has them, and no room from inside.
        ["tests/Hufu.EndToEnd.Tests/Hufu.EndToEnd.Tests.csproj"] = [.. Kernel, "Hufu.Contracts"],
        ["bench/bench.csproj"] = [.. Kernel, "Hufu.Contracts", .. Platform, .. Modules, "Hufu.Testing"],
    };

    /// <summary>Only these of the projects under src may reference Devices (design.md decision 9).</summary>
    public static IReadOnlyList<string> HoldersOfKeys { get; } =
        ["Hufu.Ca", "Hufu.Kmc", "Hufu.Ocsp", "Hufu.Tsa", "Hufu.Messaging", "Hufu.Records", "Hufu", "Hufu.Demo", "Hufu.Agent", "Hufu.Ceremony"];
}
