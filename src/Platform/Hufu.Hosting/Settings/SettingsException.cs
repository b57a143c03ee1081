namespace Hufu.Hosting;

/// <summary>The settings cannot be used; says which and why. Thrown at start only.</summary>
public sealed class SettingsException(string message) : Exception(message);
