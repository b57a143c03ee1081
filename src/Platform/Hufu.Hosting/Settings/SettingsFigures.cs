namespace Hufu.Hosting;

/// <summary>Whole numbers in settings.</summary>
internal static class SettingsFigures
{
    /// <summary>Whether a figure lies in its range; a missing one does.</summary>
    /// <exception cref="SettingsException">It does not.</exception>
    public static void Check(string name, int? figure, int least, int most)
    {
        if (figure < least || figure > most)
        {
            throw new SettingsException($"{name} is a whole number from {least} to {most}.");
        }
    }
}
