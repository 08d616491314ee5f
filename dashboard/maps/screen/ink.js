// Colours and fonts of a map that are not of its figures.

export const BOLD = ["Guatu Bold,Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC,sans-serif"]
export const FONT = ["Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC,sans-serif"]
export const INK = {
  light: {ground: "#f7f8fa", outside: "#eef0f3", line: "#ffffff", town: "#37474f", area: "#10171c",
          text: "#10171c", soft: "#37434d", halo: "#ffffff", mark: "#0b57d0", tick: "#0f6b35"},
  dark: {ground: "#12161b", outside: "#1b2127", line: "#12161b", town: "#b0bec5", area: "#ffffff",
         text: "#ffffff", soft: "#d5dde4", halo: "#0b0f13", mark: "#7cc4ff", tick: "#7be3a2"},
}
