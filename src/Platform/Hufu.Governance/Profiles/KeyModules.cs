using System.Text.Json;

namespace Hufu.Governance;

/// <summary>Modules of keys as the policy and applications write them.</summary>
public static class KeyModules
{
    /// <summary>Whether a key in it is carried to its holder; all others stay where they were made and never travel (6.6.2.1-b).</summary>
    /// <param name="module">The module.</param>
    public static bool Travels(KeyModule module) => module is KeyModule.UsbKey or KeyModule.SmartCard;

    /// <summary>The word: <c>usb-key</c>, <c>smart-card</c>, <c>server-module</c>, <c>device-card</c>, <c>machine</c>.</summary>
    /// <param name="module">The module.</param>
    public static string Word(KeyModule module) => JsonNamingPolicy.KebabCaseLower.ConvertName(module.ToString());
}
